import { basename } from 'node:path'
import { JavaError } from '../java-error.js'
import { parseJavaLong } from '../java-number.js'

const OFFSET_DIGITS = 20
const EPOCH_END = 31

/** What the name of a segment or a snapshot tells. @throws JavaError when it is not one of Kafka's names. */
export function logHeader(path: string): string {
  const name = basename(path)
  if (name === 'bootstrap.checkpoint') return 'KRaft bootstrap snapshot'
  if (!name.endsWith('.checkpoint')) return `Log starting offset: ${baseOffsetOf(path)}`
  const endOffset = numberIn(name.slice(0, OFFSET_DIGITS))
  return `Snapshot end offset: ${endOffset}, epoch: ${numberIn(name.slice(OFFSET_DIGITS + 1, EPOCH_END))}`
}

/** The offset that a segment and its indexes are named after. */
export function baseOffsetOf(path: string): number {
  return numberIn(basename(path).split('.')[0]!)
}

function numberIn(text: string): number {
  const value = parseJavaLong(text)
  if (value === null) throw new JavaError('java.lang.NumberFormatException', `For input string: "${text}"`)
  return value
}
