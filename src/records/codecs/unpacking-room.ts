import { MessageChannel, type MessagePort } from 'node:worker_threads'

/** More than this is given back after use. */
const KEPT_BYTES_MAX = 8 * 1024 * 1024
/** Below this the garbage collector is as good. */
const FREED_BYTES_MIN = 16 * 1024

/**
 * Memory to unpack into. Kept from one batch to the next it is touched once and not once for each: where every batch has
 * memory of its own, first touching it takes up to six times as long as unpacking, and garbage collection as long again.
 */
export class UnpackingRoom {
  #kept: Buffer = Buffer.alloc(0)
  #adopted: Buffer | null = null
  #nowhere: MessagePort | null = null

  /** `sizeBytes` of memory, in which anything may stand. */
  take(sizeBytes: number): Buffer {
    if (this.#kept.length < sizeBytes) this.#kept = Buffer.allocUnsafeSlow(roundedUp(sizeBytes))
    return this.#kept.subarray(0, sizeBytes)
  }

  /** Of a codec that makes the memory itself. */
  adopt(bytes: Buffer): Buffer {
    this.#adopted = bytes
    return bytes
  }

  /** Nobody looks any more at what was unpacked here. */
  vacate(): void {
    if (this.#kept.length > KEPT_BYTES_MAX) this.#kept = Buffer.alloc(0)
    if (this.#adopted !== null) this.#free(this.#adopted)
    this.#adopted = null
  }

  /** What is sent to a closed port is gone at once, as the garbage collector would have it gone later. */
  #free({ buffer }: Buffer): void {
    if (buffer.byteLength < FREED_BYTES_MIN) return
    this.#nowhere ??= closedPort()
    try {
      this.#nowhere.postMessage(null, [buffer as ArrayBuffer])
    } catch {
      // Memory that may not be sent: left to the garbage collector.
    }
  }
}

/** To a power of two: what is never touched takes no memory, and the next batch may be a little larger. */
function roundedUp(sizeBytes: number): number {
  return sizeBytes > KEPT_BYTES_MAX ? sizeBytes : 2 ** Math.ceil(Math.log2(sizeBytes))
}

function closedPort(): MessagePort {
  const { port1 } = new MessageChannel()
  port1.close()
  return port1
}
