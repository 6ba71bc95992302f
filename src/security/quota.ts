import { Meters } from './meters.js'
import { QuotaTable } from './quota-table.js'
import { TokenBucket } from './token-bucket.js'
import { type QuotaWindows, WindowedRate } from './windowed-rate.js'

/** Who is counted. */
export interface Quotaed {
  readonly user: string
  /** "" where the client gave none. */
  readonly clientId: string
}

/** One kind of quota on a rate: bytes produced, bytes fetched, percent of a thread's time. */
export class RateQuota {
  /** Set anew whenever somebody's quota changes; what was counted stays. */
  table = new QuotaTable([])
  readonly #windows: QuotaWindows
  readonly #throttleMsMax: number
  readonly #rates: Meters<WindowedRate>

  constructor(windows: QuotaWindows, throttleMsMax = Number.POSITIVE_INFINITY) {
    this.#windows = windows
    this.#throttleMsMax = throttleMsMax
    this.#rates = new Meters(() => new WindowedRate(windows))
  }

  /** False while nobody has such a quota: then nothing needs to be counted. */
  get isActive(): boolean {
    return !this.table.isEmpty
  }

  /** Counts `value`, and says for how long the client is to be held back, in ms. */
  record({ user, clientId }: Quotaed, value: number, nowMs: number): number {
    const applied = this.table.find(user, clientId)
    if (applied === null) return 0
    const rate = this.#rates.of(applied.meter, nowMs)
    rate.record(value, nowMs)
    return Math.min(rateThrottleMs(rate, applied.limit, nowMs), this.#throttleMsMax)
  }

  /** Counts without looking at the limit; a negative value takes back what was counted. */
  count({ user, clientId }: Quotaed, value: number, nowMs: number): void {
    const applied = this.table.find(user, clientId)
    if (applied !== null) this.#rates.of(applied.meter, nowMs).record(value, nowMs)
  }

  /** More at once than this would always be too much. */
  valueMax({ user, clientId }: Quotaed): number {
    const applied = this.table.find(user, clientId)
    if (applied === null) return Number.POSITIVE_INFINITY
    return Math.floor((applied.limit * (this.#windows.count - 1) * this.#windows.sizeMs) / 1000)
  }
}

/** How long nothing more may come until the rate is back at its limit, in ms. */
export function rateThrottleMs(rate: WindowedRate, limit: number, nowMs: number): number {
  const measured = rate.measure(nowMs)
  if (measured <= limit) return 0
  return Math.round(((measured - limit) / limit) * rate.spanMs(nowMs))
}

/** The quota on partitions that are created and deleted (KIP-599). */
export class MutationQuota {
  table = new QuotaTable([])
  readonly #buckets: Meters<TokenBucket>

  constructor(windows: QuotaWindows) {
    this.#buckets = new Meters(() => new TokenBucket(windows))
  }

  get isActive(): boolean {
    return !this.table.isEmpty
  }

  /**
   * Counts partitions. A strict client is refused while there is a debt, and nothing is counted; others are only held back.
   * @returns how long it takes until the debt is paid, in ms; 0 where there is none
   */
  spend({ user, clientId }: Quotaed, partitions: number, isStrict: boolean, nowMs: number): number {
    const applied = this.table.find(user, clientId)
    if (applied === null) return 0
    const bucket = this.#buckets.of(applied.meter, nowMs)
    const debtMs = (): number => Math.max(0, Math.round((-bucket.left(applied.limit, nowMs) / applied.limit) * 1000))
    if (isStrict && bucket.left(applied.limit, nowMs) < 0) return Math.max(1, debtMs())
    bucket.spend(partitions, applied.limit, nowMs)
    return isStrict ? 0 : debtMs()
  }
}
