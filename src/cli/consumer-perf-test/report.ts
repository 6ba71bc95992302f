import { boolean, number, type RowIn, shape } from '../data/shape.js'
import { fixed } from '../java-format.js'

export interface ReportOptions {
  readonly isDetailed: boolean
  readonly date: (ms: number) => string
  readonly print: (line: string) => void
}

/** How much came, and how long nothing could because partitions were being divided. */
export interface Progress {
  readonly bytes: number
  readonly records: number
  readonly joinMs: number
}

export const CONSUMER_PERF = shape(
  '',
  {
    startTimeMs: number('milliseconds since 1970'),
    endTimeMs: number('milliseconds since 1970'),
    records: number('how many were read'),
    bytes: number('of their keys and values'),
    rebalanceMs: number('until partitions were assigned'),
    fetchMs: number('the rest'),
    recordsPerSecond: number('of the whole time'),
    megabytesPerSecond: number('1048576 bytes each, of the whole time'),
    isComplete: boolean('as many as were asked for'),
  },
  { isSingle: true, columns: ['records', 'bytes', 'recordsPerSecond', 'megabytesPerSecond', 'rebalanceMs'] },
)

const MEGABYTE = 1024 * 1024

export function totalRow(
  { records, bytes, joinMs }: Progress,
  startTimeMs: number,
  endTimeMs: number,
  isComplete: boolean,
): RowIn<typeof CONSUMER_PERF> {
  const elapsedMs = Math.max(1, endTimeMs - startTimeMs)
  return {
    startTimeMs,
    endTimeMs,
    records,
    bytes,
    rebalanceMs: joinMs,
    fetchMs: endTimeMs - startTimeMs - joinMs,
    recordsPerSecond: (1000 * records) / elapsedMs,
    megabytesPerSecond: (1000 * bytes) / elapsedMs / MEGABYTE,
    isComplete,
  }
}
const COMMON = 'data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec'
const TIMES = 'rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec'

export function printHeader({ isDetailed, print }: Pick<ReportOptions, 'isDetailed' | 'print'>): void {
  print(`${isDetailed ? 'time, threadId' : 'start.time, end.time'}, ${COMMON}, ${TIMES}`)
}

/** One row for all of it. */
export function printTotal({ date, print }: ReportOptions, total: Progress, startMs: number, endMs: number): void {
  const megabytes = total.bytes / MEGABYTE
  const elapsedS = (endMs - startMs) / 1000
  const fetchMs = endMs - startMs - total.joinMs
  const row = [
    date(startMs),
    date(endMs),
    fixed(megabytes, 4),
    fixed(megabytes / elapsedS, 4),
    String(total.records),
    fixed(total.records / elapsedS, 4),
    String(total.joinMs),
    String(fetchMs),
    fixed(megabytes / (fetchMs / 1000), 4),
    fixed(total.records / (fetchMs / 1000), 4),
  ]
  print(row.join(', '))
}

/** The row of an interval; `joinMs` is that of the interval alone. */
export function printInterval(
  { date, print }: ReportOptions,
  now: Progress,
  last: Progress,
  joinMs: number,
  startMs: number,
  endMs: number,
): void {
  const elapsedMs = endMs - startMs
  const [megabytes, records] = [(now.bytes - last.bytes) / MEGABYTE, now.records - last.records]
  const fetchMs = elapsedMs - joinMs
  const perSecond = (amount: number): number => (fetchMs <= 0 ? 0 : (1000 * amount) / fetchMs)
  const row = [
    date(endMs),
    '0',
    fixed(now.bytes / MEGABYTE, 4),
    fixed((1000 * megabytes) / elapsedMs, 4),
    String(now.records),
    fixed((records / elapsedMs) * 1000, 4),
    String(joinMs),
    String(fetchMs),
    fixed(perSecond(megabytes), 4),
    fixed(perSecond(records), 4),
  ]
  print(row.join(', '))
}
