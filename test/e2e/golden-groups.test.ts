import { replayGolden } from '../support/golden-suite.js'

replayGolden('list-groups')
