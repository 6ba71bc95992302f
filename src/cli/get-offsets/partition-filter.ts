import type { TopicPartition } from '../../client/topic-partition.js'
import { JavaError, runtimeException } from '../java-error.js'
import { parseJavaInt } from '../java-number.js'
import { topicFilter } from '../topic-filter.js'
import type { GetOffsetsOptions } from './options.js'
import { terse } from './terse.js'

export type PartitionFilter = (partition: TopicPartition) => boolean

/** `topic`, `topic:3`, `topic:2-5`; every part may be missing. */
const RULE = /^([^:,]*)(?::(?:([0-9]*)|(?:([0-9]*)-([0-9]*))))?$/

/** Which partitions the command line selects. @throws JavaError when it cannot be read. */
export function partitionFilter(options: GetOffsetsOptions): PartitionFilter {
  const rules = options.text('topic-partitions')
  return rules === undefined ? byTopicAndNumber(options) : anyOf(rules)
}

function anyOf(text: string): PartitionFilter {
  const filters = splitAtCommas(text).map(parseRule)
  return (partition) => filters.some((filter) => filter(partition))
}

function parseRule(rule: string): PartitionFilter {
  const match = RULE.exec(rule)
  if (match === null) throw runtimeException(terse(`Invalid rule specification: ${rule}`))
  const [, topic, only, from, to] = match
  const isTopic = topicFilter(topic || '.*')
  const first = parseNumber(only || from) ?? 0
  const end = only ? first + 1 : (parseNumber(to) ?? Number.POSITIVE_INFINITY)
  return ({ topic, partition }) => partition >= first && partition < end && isTopic(topic)
}

function parseNumber(digits: string | undefined): number | null {
  if (digits === undefined || digits === '') return null
  const number = parseJavaInt(digits)
  if (number === null) throw new JavaError('java.lang.NumberFormatException', `For input string: "${digits}"`)
  return number
}

function byTopicAndNumber(options: GetOffsetsOptions): PartitionFilter {
  const isTopic = topicFilter(options.text('topic') ?? '.*')
  const numbers = parseNumbers(options.text('partitions') ?? '')
  return ({ topic, partition }) => (numbers.size === 0 || numbers.has(partition)) && isTopic(topic)
}

function parseNumbers(text: string): Set<number> {
  if (text === '') return new Set()
  const numbers = splitAtCommas(text).map(parseJavaInt)
  if (numbers.every((number) => number !== null)) return new Set(numbers)
  throw terse(`--partitions expects a comma separated list of numeric partition ids, but received: ${text}`)
}

/** Java's `split` drops empty pieces at the end; of an empty text one piece is left. */
function splitAtCommas(text: string): string[] {
  if (text === '') return ['']
  const trimmed = text.replace(/,+$/, '')
  return trimmed === '' ? [] : trimmed.split(',')
}
