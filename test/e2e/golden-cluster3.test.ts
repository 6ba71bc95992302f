import { replayGolden } from '../support/golden-suite.js'

replayGolden('cluster3')
