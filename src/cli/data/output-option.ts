import { UserError } from '../../base/user-error.js'

export const DATA_FORMATS = ['json', 'yaml', 'table'] as const
export type DataFormat = (typeof DATA_FORMATS)[number]

/** For every tool that prints data. */
export const OUTPUT_OPTION = {
  name: 'output',
  argument: 'required',
  value: 'json|yaml|table',
  about: 'Print the values as JSON, YAML or a table, in klog’s own form; Kafka’s text unless given.',
} as const

/** Null for Kafka's own text. @throws UserError for a format that there is not. */
export function readFormat(given: string | undefined): DataFormat | null {
  if (given === undefined) return null
  const format = DATA_FORMATS.find((name) => name === given)
  if (format !== undefined) return format
  throw new UserError(`--output ${given}: there is no such format`, `formats are ${DATA_FORMATS.join(', ')}`)
}
