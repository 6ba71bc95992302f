import type { Output } from '../output.js'
import { jsonText } from './json-text.js'
import type { DataFormat } from './output-option.js'
import type { Row, RowIn, Shape } from './shape.js'

/** What printing needs of the one who prints. */
export interface DataIo {
  readonly stdout: Pick<Output, 'write' | 'isTerminal' | 'columns'>
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Prints rows of a shape. What makes the text is loaded for it alone: most calls want Kafka's own. */
export async function printData<S extends Shape>(
  io: DataIo,
  format: DataFormat,
  shape: S,
  rows: readonly RowIn<S>[],
): Promise<void> {
  io.stdout.write(await dataText(io, format, shape, rows as readonly Row[]))
}

async function dataText(io: DataIo, format: DataFormat, shape: Shape, rows: readonly Row[]): Promise<string> {
  if (format === 'table') {
    const { tableText } = await import('./table-text.js')
    const { isTerminal, columns } = io.stdout
    return tableText(shape, rows, {
      hasColour: isTerminal && !io.env.NO_COLOR,
      width: isTerminal ? (columns ?? 80) : null,
    })
  }
  const value = shape.isSingle ? rows[0] : rows
  if (format === 'json') return jsonText(value)
  return (await import('./yaml-text.js')).yamlText(value)
}
