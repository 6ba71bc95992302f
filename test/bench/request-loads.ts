import type { CompressionName } from './batches.js'

export interface RequestLoad {
  readonly what: string
  readonly recordBytes: number
  readonly recordsPerBatch: number
  readonly codec?: CompressionName
  /** As in Produce: 1 or -1. */
  readonly acks: number
  /** Requests go to them in turn. */
  readonly partitions?: number
  /** The batches are numbered, as an idempotent producer does. */
  readonly isIdempotent?: boolean
  readonly connections: number
  /** Requests that may be on their way for each connection. */
  readonly window: number
  readonly requests: number
  /** Its rate is that of its requests, not of its bytes. */
  readonly isCounted?: boolean
  readonly goals: { readonly apache?: number; readonly floor?: number }
  /** Of the broker's processor time, beside Apache Kafka's. */
  readonly cpuGoal?: number
  /** Of the broker's processor time, in seconds. */
  readonly cpuSecondsGoal?: number
  /** From a profile of the broker. */
  readonly inTheWay?: string
}

const LARGE = {
  ...{ recordBytes: 1000, recordsPerBatch: 1000, acks: 1, connections: 1, window: 8 },
  inTheWay:
    'three quarters of the broker’s time are the write to the page cache, 4 % the checksum, 2 % garbage collection',
}
const MIDDLE = {
  ...{ recordBytes: 1000, recordsPerBatch: 16, requests: 16_000, acks: 1, connections: 1, window: 8 },
  inTheWay:
    'a third of the broker’s time are writes to the page cache, one for each tick, 6 % garbage collection, 3 % the checksum; what is left is spread over reading requests and writing answers, none of it above 4 %',
}
const SMALL = {
  ...{ recordBytes: 100, recordsPerBatch: 1, requests: 100_000, acks: 1, connections: 1, window: 64 },
  inTheWay:
    'two fifths of the broker’s time are writes to the page cache, one for each tick, a tenth garbage collection of what requests leave behind',
}
const CODEC_WAY = 'a compressed batch is unpacked to be checked, which takes most of the time that is not the kernel’s'
const TEXT = {
  ...{ recordBytes: 100, recordsPerBatch: 1000, requests: 400, acks: 1, connections: 1, window: 8 },
}

export const REQUEST_LOADS: readonly RequestLoad[] = [
  {
    ...{ what: '1 KB records, 1 MB requests', ...LARGE, requests: 256 },
    ...{ goals: { apache: 1, floor: 0.85 }, cpuGoal: 1, cpuSecondsGoal: 0.75 },
  },
  { what: '1 KB records, 16 KB requests', ...MIDDLE, goals: { apache: 1.5, floor: 0.7 }, cpuGoal: 0.4 },
  { what: '1 KB records, 16 KB requests, 12 partitions', ...MIDDLE, partitions: 12, goals: { apache: 1 } },
  {
    what: '1 KB records, 16 KB requests, idempotent',
    ...MIDDLE,
    requests: 4000,
    isIdempotent: true,
    goals: { apache: 1 },
  },
  {
    ...{ what: '1 KB records, 16 KB requests, acks=all, 50 connections', ...MIDDLE },
    ...{ acks: -1, connections: 50, window: 1, goals: { apache: 1.5, floor: 0.7 } },
  },
  { what: '100 B records, 100 KB requests', ...TEXT, recordsPerBatch: 900, requests: 2500, goals: { apache: 1 } },
  { what: 'one 100 B record a request', ...SMALL, isCounted: true, goals: { apache: 3, floor: 1 }, cpuGoal: 0.2 },
  {
    what: 'one 100 B record a request, 12 partitions',
    ...SMALL,
    partitions: 12,
    isCounted: true,
    goals: { apache: 1 },
  },
  {
    ...{ what: 'one 100 B record a request, acks=all, 50 connections', ...SMALL },
    ...{ acks: -1, connections: 50, window: 4, isCounted: true, goals: { apache: 1 } },
  },
  ...(['gzip', 'snappy', 'lz4', 'zstd'] as const).map((codec) => ({
    ...{
      what: `1,000 records of 100 B of text a request, ${codec}`,
      ...TEXT,
      codec,
      goals: { apache: 1 },
      inTheWay: CODEC_WAY,
    },
  })),
]
