import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { JavaError, runtimeException } from '../../java-error.js'
import { parseJavaInt, parseJavaLong } from '../../java-number.js'
import type { GroupsContext } from '../context.js'
import { type CsvField, csvFields } from './csv.js'
import type { NewOffset } from './new-offsets.js'

const SHAPES = {
  CsvRecordNoGroup: ['topic', 'partition', 'offset'],
  CsvRecordWithGroup: ['group', 'topic', 'partition', 'offset'],
} as const
type Shape = keyof typeof SHAPES

interface PlanLine extends NewOffset {
  readonly group: string
}

/**
 * The offsets in the file that --from-file names, by group; of several for one partition the last. With a single --group its lines may leave the group out; the
 * first line shows whether they do.
 * @throws JavaError when the file cannot be read, or a line is not of that form.
 */
export function readPlanFile({ options, io }: GroupsContext): Map<string, NewOffset[]> {
  const lines = linesOf(readText(options.texts('from-file')[0]!, io.directory))
  const groups = options.texts('group')
  const shape = groups.length === 1 && lines.length > 0 && fits(lines[0]!) ? 'CsvRecordNoGroup' : 'CsvRecordWithGroup'
  const plans = new Map<string, NewOffset[]>()
  for (const line of lines) {
    const { group, ...offset } = readLine(line, shape)
    if (offset.offset < 0) throw new JavaError('java.lang.IllegalArgumentException', 'Invalid negative offset')
    const name = shape === 'CsvRecordNoGroup' ? groups[0]! : group
    plans.set(name, [...(plans.get(name) ?? []).filter((other) => !isSamePartition(other, offset)), offset])
  }
  return plans
}

function isSamePartition(a: NewOffset, b: NewOffset): boolean {
  return a.topic === b.topic && a.partition === b.partition
}

function readText(path: string, directory: string): string {
  try {
    return readFileSync(resolve(directory, path), 'utf8')
  } catch {
    throw runtimeException(new JavaError('java.io.IOException', `Unable to read file ${path}`))
  }
}

/** Empty lines at the end do not count. */
function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (text === '') return lines
  while (lines.at(-1) === '') lines.pop()
  return lines
}

function fits(line: string): boolean {
  try {
    readLine(line, 'CsvRecordNoGroup')
    return true
  } catch (error) {
    if (error instanceof JavaError) return false
    throw error
  }
}

function readLine(line: string, shape: Shape): PlanLine {
  try {
    return fieldsOf(line, shape)
  } catch (error) {
    throw error instanceof JavaError ? runtimeException(error) : error
  }
}

/** A field that is missing or empty is nothing: "" or 0. */
function fieldsOf(line: string, shape: Shape): PlanLine {
  if (line === '') {
    throw new JavaError(
      `${DATABIND}.MismatchedInputException`,
      'No content to map due to end-of-input\n at [Source: (StringReader); line: UNKNOWN, column: UNKNOWN]',
    )
  }
  const names: readonly string[] = SHAPES[shape]
  const fields = csvFields(line)
  const field = (name: string): CsvField | undefined => fields[names.indexOf(name)]
  const read = {
    group: shape === 'CsvRecordWithGroup' ? (field('group')?.text ?? '') : '',
    topic: field('topic')?.text ?? '',
    partition: numberOf(field('partition'), 'int', 'partition', shape, line),
    offset: numberOf(field('offset'), 'long', 'offset', shape, line),
  }
  const odd = fields[names.length]
  // One comma at the end is forgiven.
  if (odd !== undefined && !(odd.text.trim() === '' && fields.length === names.length + 1))
    throw tooMany(odd, names.length)
  return read
}

const DATABIND = 'com.fasterxml.jackson.databind.exc'

const RANGES = {
  int: '-2147483648 - 2147483647',
  long: '-9223372036854775808 - 9223372036854775807',
} as const

function numberOf(field: CsvField | undefined, type: 'int' | 'long', name: string, shape: Shape, line: string): number {
  const text = field?.text.trim() ?? ''
  if (field === undefined || text === '') return 0
  const value = type === 'int' ? parseJavaInt(text) : parseJavaLong(text)
  if (value !== null) return value
  const where = `org.apache.kafka.tools.consumer.group.CsvUtils$${shape}["${name}"]`
  const failed = (javaClass: string, message: string, column: number): JavaError =>
    new JavaError(
      `com.fasterxml.jackson.${javaClass}`,
      `${message}\n at [Source: (StringReader); line: 1, column: ${column}] (through reference chain: ${where})`,
    )
  if (/^[+-]?\d+$/.test(text)) {
    // Jackson has read all of the line then, and counts it twice.
    const message = `Numeric value (${text}) out of range of ${type} (${RANGES[type]})`
    throw failed('databind.JsonMappingException', message, 2 * line.length + 1)
  }
  throw failed(
    'databind.exc.InvalidFormatException',
    `Cannot deserialize value of type \`${type}\` from String "${field.text}": not a valid \`${type}\` value`,
    field.column,
  )
}

function tooMany(field: CsvField, max: number): JavaError {
  return new JavaError(
    'com.fasterxml.jackson.dataformat.csv.CsvReadException',
    `Too many entries: expected at most ${max} (value #${max} (${field.text.length} chars) "${field.text}")\n at [Source: (StringReader); line: 1, column: ${field.column}]`,
  )
}
