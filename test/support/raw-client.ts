import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A socket that sends bytes as they are and cuts what comes back into frames, with no part of klog in between. */
export class RawClient {
  readonly #frames: Buffer[] = []
  #bytes = Buffer.alloc(0)
  #wake: () => void = () => {}
  #hasEnded = false
  #error: Error | null = null

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('end', () => this.#end())
    socket.on('close', () => this.#end())
    socket.on('error', (error) => {
      this.#error = error
      this.#end()
    })
  }

  static async connect(port: number, host = '127.0.0.1'): Promise<RawClient> {
    const socket = connect({ port, host, allowHalfOpen: true })
    await once(socket, 'connect')
    socket.setNoDelay(true)
    return new RawClient(socket)
  }

  /** Bytes as they are; text is hexadecimal, spaces ignored. */
  send(bytes: Buffer | string): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes.replace(/\s/g, ''), 'hex') : bytes)
  }

  /** One message with its length in front. */
  sendFrame(body: Buffer | string): void {
    const bytes = typeof body === 'string' ? Buffer.from(body.replace(/\s/g, ''), 'hex') : body
    const length = Buffer.alloc(4)
    length.writeInt32BE(bytes.length)
    this.socket.write(Buffer.concat([length, bytes]))
  }

  /** The next frame without its length; null when the other side ends first. */
  async frame(): Promise<Buffer | null> {
    for (;;) {
      const frame = this.#frames.shift()
      if (frame !== undefined) return frame
      if (this.#hasEnded) return null
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Frames that have come and have not been asked for. */
  get waiting(): number {
    return this.#frames.length
  }

  /** Resolves when the other side has closed: with the bytes that were no whole frame, and how it ended. */
  async closed(): Promise<{ left: number; error: Error | null }> {
    while (!this.#hasEnded) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return { left: this.#bytes.length + this.#frames.length, error: this.#error }
  }

  endWriting(): void {
    this.socket.end()
  }

  destroy(): void {
    this.socket.destroy()
  }

  /** Ends without a goodbye, so that the port is free at once. */
  reset(): void {
    this.socket.resetAndDestroy()
  }

  #take(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    while (this.#bytes.length >= 4 && this.#bytes.length >= 4 + this.#bytes.readInt32BE(0)) {
      const end = 4 + this.#bytes.readInt32BE(0)
      this.#frames.push(this.#bytes.subarray(4, end))
      this.#bytes = this.#bytes.subarray(end)
    }
    this.#wake()
  }

  #end(): void {
    this.#hasEnded = true
    this.#wake()
  }
}
