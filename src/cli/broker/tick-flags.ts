import { Flags } from '@oclif/core'
import { DATA_FORMATS } from '../data/output-option.js'

export const TICK_FLAGS = {
  topic: Flags.string({ summary: 'this topic only', helpValue: 'NAME' }),
  output: Flags.option({ summary: 'how to print it', options: DATA_FORMATS, default: 'table' as const })(),
}
