/** Somebody who was not heard of for so long begins anew, as in Kafka. */
const IDLE_MS_MAX = 60 * 60 * 1000
const SWEEP_MS = 60 * 1000

interface Metered<M> {
  readonly meter: M
  lastMs: number
}

/** Meters by whom they are for; those that nobody has used for an hour go. */
export class Meters<M> {
  readonly #create: () => M
  readonly #byName = new Map<string, Metered<M>>()
  #sweptMs = 0

  constructor(create: () => M) {
    this.#create = create
  }

  get size(): number {
    return this.#byName.size
  }

  of(name: string, nowMs: number): M {
    let metered = this.#byName.get(name)
    if (metered === undefined) {
      this.#sweep(nowMs)
      metered = { meter: this.#create(), lastMs: nowMs }
      this.#byName.set(name, metered)
    }
    metered.lastMs = nowMs
    return metered.meter
  }

  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < SWEEP_MS) return
    this.#sweptMs = nowMs
    for (const [name, { lastMs }] of this.#byName) if (nowMs - lastMs >= IDLE_MS_MAX) this.#byName.delete(name)
  }
}
