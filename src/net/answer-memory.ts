/** A connection whose peer has not read yet what it was answered. */
interface Holder {
  readonly unsentBytes: number
  hangUp(): void
}

/**
 * What answers may hold together that nobody has read yet, of all connections. Kafka sends records from the file and needs no
 * memory for readers that are slow; here it is bounded: beyond it, whoever has read nothing for longest is hung up on.
 */
export class AnswerMemory {
  /** In the order in which they began to owe their reading, or last went on with it. */
  readonly #holders = new Map<Holder, number>()
  #heldBytes = 0

  constructor(readonly bytesMax = 256 * 1024 * 1024) {}

  get heldBytes(): number {
    return this.#heldBytes
  }

  /** To be called whenever `holder` has been sent something, and when its peer has read. */
  account(holder: Holder): void {
    const before = this.#holders.get(holder) ?? 0
    const bytes = holder.unsentBytes
    this.#heldBytes += bytes - before
    if (bytes === 0) this.#holders.delete(holder)
    else {
      if (bytes < before) this.#holders.delete(holder)
      this.#holders.set(holder, bytes)
    }
    // One answer may be larger than all that is allowed, and still has to go out.
    while (this.#heldBytes > this.bytesMax && this.#holders.size > 1) this.#hangUpFirst()
  }

  /** Its memory is free again. */
  forget(holder: Holder): void {
    this.#heldBytes -= this.#holders.get(holder) ?? 0
    this.#holders.delete(holder)
  }

  #hangUpFirst(): void {
    const [holder, bytes] = this.#holders.entries().next().value!
    if (holder.unsentBytes < bytes) {
      // It has read meanwhile, and not told of it yet.
      this.account(holder)
      return
    }
    this.forget(holder)
    holder.hangUp()
  }
}
