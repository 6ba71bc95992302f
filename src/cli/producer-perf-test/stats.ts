import { fixed } from '../java-format.js'

const SAMPLES_MAX = 500_000
const PERCENTILES = [0.5, 0.95, 0.99, 0.999] as const
const MEGABYTE = 1024 * 1024

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
    const { records, latencyMs, latencyMsMax } = this.#total
    const [perSecond, megabytes] = rates(this.#total, this.#o.now() - this.#startMs)
    const sample = this.#latencies.subarray(0, this.#sampled).sort()
    const at = PERCENTILES.map((share) => sample[Math.floor(share * sample.length)] ?? 0)
    const what = this.#o.isSteady ? ' steady state' : ''
    const average = `${fixed(latencyMs / records, 2)} ms avg latency, ${fixed(latencyMsMax, 2)} ms max latency`
    const percentiles = `${at[0]} ms 50th, ${at[1]} ms 95th, ${at[2]} ms 99th, ${at[3]} ms 99.9th.`
    this.#o.print(
      `${records}${what} records sent, ${fixed(perSecond, 6)} records/sec (${fixed(megabytes, 2)} MB/sec), ${average}, ${percentiles}`,
    )
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
