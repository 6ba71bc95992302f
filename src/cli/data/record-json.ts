import { isUtf8 } from 'node:buffer'
import { UserError } from '../../base/user-error.js'
import type { ConsumedRecord } from '../../client/consumer/fetched-chunk.js'
import { any, type Field, number, orNull, rows, shape, text } from './shape.js'

const BYTES = 'a text, {"base64": …} where the bytes are no UTF-8, or null'

/** A record on a line of its own: what `console-consumer --output json` writes and `console-producer --input json` reads. */
export const RECORD = shape(
  '',
  {
    topic: text('where it is'),
    partition: number('where it is'),
    offset: number('where it is'),
    timestamp: orNull(number('milliseconds since 1970; null for none')),
    timestampType: orNull(text('CreateTime or LogAppendTime')),
    key: orNull(any(BYTES)) as Field<JsonBytes>,
    value: orNull(any(BYTES)) as Field<JsonBytes>,
    headers: rows('in their order', { key: text('its name'), value: orNull(any(BYTES)) as Field<JsonBytes> }),
  },
  { isLines: true },
)

export type JsonBytes = string | { readonly base64: string } | null

export function recordLine(record: ConsumedRecord): string {
  const { topic, partition, offset, timestamp, timestampType, key, value, headers } = record
  return JSON.stringify({
    topic,
    partition,
    offset,
    timestamp: timestamp < 0 ? null : timestamp,
    timestampType,
    key: jsonBytes(key),
    value: jsonBytes(value),
    headers: headers.map((header) => ({ key: header.key, value: jsonBytes(header.value) })),
  })
}

export interface ReadRecord {
  /** Null where the line does not say. */
  readonly partition: number | null
  readonly timestamp: number | null
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly { readonly key: string; readonly value: Buffer | null }[]
}

/**
 * Reads such a line; only the value must be there. Topic, offset and the type of the timestamp are for whoever reads, and
 * say nothing about where the record goes.
 * @throws UserError when it is no such line; `where` says which.
 */
export function parseRecordLine(line: Buffer, where: string): ReadRecord {
  const refuse = (problem: string): never => {
    throw new UserError(`${where}: ${problem}`, NEXT_STEP)
  }
  const record = parseObject(line.toString(), refuse)
  if (!('value' in record)) refuse('there is no "value"; a tombstone has "value": null')
  const { partition = null, timestamp = null, headers = [] } = record
  if (partition !== null && !isCount(partition)) return refuse('"partition" is no partition')
  if (timestamp !== null && !isCount(timestamp)) return refuse('"timestamp" is not milliseconds since 1970')
  if (!Array.isArray(headers)) return refuse('"headers" is not a list')
  return {
    partition,
    timestamp,
    key: bytesOf(record.key ?? null, '"key"', refuse),
    value: bytesOf(record.value, '"value"', refuse),
    headers: headers.map((header: unknown) => {
      if (!isObject(header) || typeof header.key !== 'string') return refuse('a header has no "key"')
      return { key: header.key, value: bytesOf(header.value ?? null, `header "${header.key}"`, refuse) }
    }),
  }
}

const NEXT_STEP = 'a record is {"key": "k", "value": "v", "headers": [{"key": "h", "value": "x"}]} on one line'

function parseObject(text: string, refuse: (problem: string) => never): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : refuse('this is not a JSON object')
  } catch (error) {
    if (error instanceof SyntaxError) return refuse(`this is not JSON: ${error.message}`)
    throw error
  }
}

function bytesOf(value: unknown, what: string, refuse: (problem: string) => never): Buffer | null {
  if (value === null) return null
  if (typeof value === 'string') return Buffer.from(value)
  if (!isObject(value) || typeof value.base64 !== 'string') {
    return refuse(`${what} is neither a text, nor {"base64": "…"}, nor null`)
  }
  const bytes = Buffer.from(value.base64, 'base64')
  // Node skips what is no base64; padding may be left out.
  if (bytes.toString('base64').replace(/=+$/, '') !== value.base64.replace(/=+$/, '')) {
    return refuse(`${what} has what is no base64`)
  }
  return bytes
}

export function jsonBytes(bytes: Buffer | null): JsonBytes {
  if (bytes === null) return null
  return isUtf8(bytes) ? bytes.toString() : { base64: bytes.toString('base64') }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
