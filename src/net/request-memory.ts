/** `queued.max.request.bytes`: what the requests that are being dealt with may hold together, of all connections. */
export class RequestMemory {
  readonly #bytesMax: number
  readonly #waiting = new Set<() => void>()
  #usedBytes = 0
  #isHeld = false

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Nothing more is read until somebody lets go. A request that has begun may be larger than what is left. */
  get isExhausted(): boolean {
    return this.#isHeld || this.#usedBytes >= this.#bytesMax
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  take(bytes: number): void {
    this.#usedBytes += bytes
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes
    this.#tell()
  }

  /** While it is held there is no room, whatever is free. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld
    this.#tell()
  }

  #tell(): void {
    if (this.isExhausted) return
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const act of waiting) act()
  }

  /** Runs `act` once there is room; at most once however often it was asked for. */
  whenRoom(act: () => void): void {
    this.#waiting.add(act)
  }

  forget(act: () => void): void {
    this.#waiting.delete(act)
  }
}
