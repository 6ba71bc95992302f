import { replayGolden } from '../support/golden-suite.js'

replayGolden('get-offsets')
