import type { Writable } from 'node:stream'

const FLUSH_BYTES = 64 * 1024

/** Where a tool writes. A reader that has gone away ends nothing: what is written then is dropped, as Java does. */
export interface Output {
  readonly isTerminal: boolean
  /** Characters in a line of the terminal, where it is one that says. */
  readonly columns?: number | undefined
  /** The reader has closed its end of the pipe. */
  readonly isGone: boolean
  /** False when the reader is slower than us: `await drained()` before writing much more. */
  write(chunk: string | Uint8Array): boolean
  /** `text` and a line feed. */
  line(text: string): boolean
  /** Resolves once there is room again, or nobody to write for. */
  drained(): Promise<void>
  /** Resolves once everything written so far has been handed to the system. */
  flushed(): Promise<void>
}

/** Gathers what is written in one go into one write: a table of a thousand lines is one system call. */
export class StreamOutput implements Output {
  readonly isTerminal: boolean
  readonly #stream: Writable & { columns?: number }
  #chunks: Uint8Array[] = []
  #bytes = 0
  #isGone = false
  #waiting: (() => void)[] = []

  constructor(stream: Writable & { isTTY?: boolean }) {
    this.#stream = stream
    this.isTerminal = stream.isTTY === true
    stream.on('drain', () => this.#wake())
    stream.on('error', () => this.#end())
    stream.on('close', () => this.#end())
  }

  get columns(): number | undefined {
    return this.#stream.columns
  }

  get isGone(): boolean {
    return this.#isGone
  }

  write(chunk: string | Uint8Array): boolean {
    if (this.#isGone) return true
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    if (this.#bytes === 0) queueMicrotask(() => this.#flush())
    this.#chunks.push(bytes)
    this.#bytes += bytes.length
    if (this.#bytes >= FLUSH_BYTES) this.#flush()
    return !this.#stream.writableNeedDrain
  }

  line(text: string): boolean {
    return this.write(`${text}\n`)
  }

  async drained(): Promise<void> {
    this.#flush()
    if (this.#isGone || !this.#stream.writableNeedDrain) return
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  async flushed(): Promise<void> {
    this.#flush()
    if (this.#isGone) return
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve)
      this.#stream.write('', () => resolve())
    })
  }

  #flush(): void {
    if (this.#bytes === 0) return
    const bytes = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
    this.#chunks = []
    this.#bytes = 0
    if (!this.#isGone) this.#stream.write(bytes)
  }

  #end(): void {
    this.#isGone = true
    this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
