import { boolean, number, type RowIn, shape } from '../data/shape.js'
import { fixed } from '../java-format.js'

const SAMPLES_MAX = 500_000
const MEGABYTE = 1024 * 1024

export const PRODUCER_PERF = shape(
  '',
  {
    isSteadyState: boolean('what came after the warm-up, in a row of its own'),
    records: number('how many were sent'),
    recordsPerSecond: number('on the average'),
    megabytesPerSecond: number('1048576 bytes of values, on the average'),
    latencyMsAverage: number('from sending a record to its acknowledgement'),
    latencyMsMax: number('of the slowest'),
    latencyMs50: number('half of them were not slower'),
    latencyMs95: number('95 of 100 were not slower'),
    latencyMs99: number('99 of 100 were not slower'),
    latencyMs999: number('999 of 1000 were not slower'),
  },
  { columns: ['records', 'recordsPerSecond', 'latencyMsAverage', 'latencyMsMax', 'latencyMs99'] },
)

export interface StatsOptions {
  /** How many records will be counted, of which a sample of latencies is kept. */
  readonly expected: number
  readonly reportingIntervalMs: number
  /** Counts what comes after the warm-up. */
  readonly isSteady: boolean
  now(): number
  print(line: string): void
}

interface Counts {
  records: number
  bytes: number
  latencyMs: number
  latencyMsMax: number
}

const nothing = (): Counts => ({ records: 0, bytes: 0, latencyMs: 0, latencyMsMax: 0 })

/** Counts records as they arrive, tells how it goes at intervals, and sums up. */
export class Stats {
  readonly #o: StatsOptions
  readonly #startMs: number
  readonly #everyNth: number
  readonly #latencies: Int32Array
  #sampled = 0
  #total = nothing()
  #window = nothing()
  #windowStartMs: number
  #isSilent = false

  constructor(options: StatsOptions) {
    this.#o = options
    this.#startMs = options.now()
    this.#windowStartMs = this.#startMs
    this.#everyNth = Math.floor(options.expected / Math.min(options.expected, SAMPLES_MAX))
    this.#latencies = new Int32Array(Math.floor(options.expected / this.#everyNth) + 1)
  }

  record(latencyMs: number, bytes: number): void {
    if (this.#total.records % this.#everyNth === 0) this.#latencies[this.#sampled++] = latencyMs
    for (const counts of [this.#total, this.#window]) {
      counts.records++
      counts.bytes += bytes
      counts.latencyMs += latencyMs
      counts.latencyMsMax = Math.max(counts.latencyMsMax, latencyMs)
    }
    if (this.#o.now() - this.#windowStartMs >= this.#o.reportingIntervalMs) this.#endWindow()
  }

  /** From now on somebody else tells how it goes. */
  silence(): void {
    this.#isSilent = true
  }

  printTotal(): void {
    const { records, recordsPerSecond, megabytesPerSecond, latencyMsAverage, latencyMsMax, ...at } = this.summary()
    const what = this.#o.isSteady ? ' steady state' : ''
    const average = `${fixed(latencyMsAverage, 2)} ms avg latency, ${fixed(latencyMsMax, 2)} ms max latency`
    const percentiles = `${at.latencyMs50} ms 50th, ${at.latencyMs95} ms 95th, ${at.latencyMs99} ms 99th, ${at.latencyMs999} ms 99.9th.`
    this.#o.print(
      `${records}${what} records sent, ${fixed(recordsPerSecond, 6)} records/sec (${fixed(megabytesPerSecond, 2)} MB/sec), ${average}, ${percentiles}`,
    )
  }

  summary(): RowIn<typeof PRODUCER_PERF> {
    const { records, latencyMs, latencyMsMax } = this.#total
    const [recordsPerSecond, megabytesPerSecond] = rates(this.#total, this.#o.now() - this.#startMs)
    const sample = this.#latencies.subarray(0, this.#sampled).sort()
    const at = (share: number): number => sample[Math.floor(share * sample.length)] ?? 0
    return {
      isSteadyState: this.#o.isSteady,
      records,
      recordsPerSecond,
      megabytesPerSecond,
      latencyMsAverage: latencyMs / records,
      latencyMsMax,
      latencyMs50: at(0.5),
      latencyMs95: at(0.95),
      latencyMs99: at(0.99),
      latencyMs999: at(0.999),
    }
  }

  #endWindow(): void {
    const isFirst = this.#total.records === this.#window.records
    if (this.#o.isSteady && isFirst) this.#o.print('In steady state.')
    if (!this.#isSilent) this.#printWindow()
    this.#window = nothing()
    this.#windowStartMs = this.#o.now()
  }

  #printWindow(): void {
    const { records, latencyMs, latencyMsMax } = this.#window
    const [perSecond, megabytes] = rates(this.#window, this.#o.now() - this.#windowStartMs)
    const average = `${fixed(latencyMs / records, 1)} ms avg latency, ${fixed(latencyMsMax, 1)} ms max latency.`
    this.#o.print(
      `${records} records sent, ${fixed(perSecond, 1)} records/sec (${fixed(megabytes, 2)} MB/sec), ${average}`,
    )
  }
}

/** Records and megabytes a second. */
function rates({ records, bytes }: Counts, elapsedMs: number): [perSecond: number, megabytes: number] {
  return [(1000 * records) / elapsedMs, (1000 * bytes) / elapsedMs / MEGABYTE]
}
