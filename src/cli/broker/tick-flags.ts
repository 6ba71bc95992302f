import { Flags } from '@oclif/core'

export const TICK_FLAGS = {
  topic: Flags.string({ summary: 'this topic only', helpValue: 'NAME' }),
  output: Flags.string({ summary: 'how to print it', options: ['table', 'json'], default: 'table' }),
}
