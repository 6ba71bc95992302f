import { replayGolden } from '../support/golden-suite.js'

replayGolden('reassign-partitions')
