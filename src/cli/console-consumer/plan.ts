import { UserError } from '../../base/user-error.js'
import type { StartPosition } from '../../client/consumer/partition-state.js'
import { withContext } from '../context/apply.js'
import { isKafkaFailure, JavaError } from '../java-error.js'
import { parseJavaLong } from '../java-number.js'
import { refuseTogether } from '../option-rules.js'
import { note, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'
import type { Formatter } from './formatter.js'
import { DEFAULT_FORMATTER, loadFormatter } from './formatters.js'
import { type ConsumerOptions, checkConsumerOptions } from './options.js'
import { consumerSettings, formatterSettings } from './settings.js'

/** One partition without a group, or topics as a member of the group. */
export type WhatToRead =
  | { readonly topic: string; readonly partition: number; readonly start: StartPosition }
  | { readonly topic: string }
  | { readonly include: string }

/** What a command line asks for. */
export interface ConsumerPlan {
  readonly properties: ReadonlyMap<string, string>
  /** Asked for when all else is known to be right, as Kafka does. @throws OptionError or JavaError */
  readonly from: () => WhatToRead
  readonly formatter: Formatter
  /** Infinity for no limit. */
  readonly timeoutMs: number
  readonly skipsErrors: boolean
}

/** @throws UsageError, OptionError or JavaError when it makes no sense. Contacts nobody. */
export async function readPlan(options: ConsumerOptions, io: ToolIo): Promise<ConsumerPlan> {
  checkConsumerOptions(options, io)
  const servers = options.text('bootstrap-server') ?? 'localhost:9092'
  const { properties } = consumerSettings(options, servers, io.directory, io.random)
  const start = startPosition(options)
  const partition = options.int('partition')
  const formatter = await readFormatter(options, io)
  const timeoutMs = options.long('timeout-ms') ?? -1
  return {
    properties: withContext(properties, options.text('bootstrap-server'), io),
    from: () => whatToRead(options, partition, start),
    formatter,
    timeoutMs: timeoutMs < 0 ? Number.POSITIVE_INFINITY : timeoutMs,
    skipsErrors: options.has('skip-message-on-error'),
  }
}

function whatToRead(options: ConsumerOptions, partition: number | undefined, start: StartPosition): WhatToRead {
  const topic = options.text('topic')
  if (topic === undefined) {
    const include = options.text('include')!
    if (include === '') throw new JavaError(ILLEGAL_ARGUMENT, 'Topic pattern to subscribe to cannot be empty')
    return { include }
  }
  if (topic.trim() === '') {
    throw new JavaError(
      ILLEGAL_ARGUMENT,
      partition === undefined
        ? 'Topic collection to subscribe to cannot contain null or empty topic'
        : 'Topic partitions to assign to cannot have null or empty topic',
    )
  }
  return partition === undefined ? { topic } : { topic, partition, start }
}

const ILLEGAL_ARGUMENT = 'java.lang.IllegalArgumentException'

function startPosition(options: ConsumerOptions): StartPosition {
  const given = options.text('offset')
  if (given === undefined) return options.has('from-beginning') ? 'earliest' : 'latest'
  const word = given.toLowerCase()
  if (word === 'earliest' || word === 'latest') return word
  const offset = parseJavaLong(given)
  if (offset !== null && offset >= 0) return offset
  throw new UsageError(
    `The provided offset value '${given}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.`,
  )
}

async function readFormatter(options: ConsumerOptions, io: ToolIo): Promise<Formatter> {
  const onUnknownClass = (className: string) => note(io, `Unable to instantiate a deserializer from ${className}`)
  if (options.has('output')) return await jsonFormatter(options)
  try {
    const settings = formatterSettings(options, io.directory)
    return await loadFormatter(options.text('formatter') ?? DEFAULT_FORMATTER, settings, onUnknownClass)
  } catch (error) {
    if (!isKafkaFailure(error)) throw error
    throw new UsageError(error.message)
  }
}

const FORMATTING = ['formatter', 'formatter-property', 'property', 'formatter-config'] as const

/** @throws UserError, OptionError or UsageError */
async function jsonFormatter(options: ConsumerOptions): Promise<Formatter> {
  const format = options.text('output')!
  if (format !== 'json') {
    throw new UserError(`--output ${format}: records are printed as JSON only`, 'today: --output json')
  }
  refuseTogether(options, 'output', FORMATTING)
  const { JsonLinesFormatter } = await import('./formatters/json-lines.js')
  return new JsonLinesFormatter()
}
