import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'

const CONNECTIONS = 10

/** The length of an answer's frame is all that is looked at: the requests are known to be right. */
class Lane {
  readonly #socket: Socket
  readonly #sentMs: number[] = []
  #have = 0
  #skip = 0
  #head = Buffer.alloc(0)

  private constructor(
    port: number,
    readonly latenciesMs: number[],
  ) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true })
    this.#socket.on('data', (chunk) => this.#take(chunk))
  }

  static async open(port: number, latenciesMs: number[]): Promise<Lane> {
    const lane = new Lane(port, latenciesMs)
    await once(lane.#socket, 'connect')
    return lane
  }

  send(request: Buffer, dueMs: number): void {
    this.#sentMs.push(dueMs)
    this.#socket.write(request)
  }

  get waiting(): number {
    return this.#sentMs.length
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#skip === 0) {
        this.#head = Buffer.concat([this.#head, chunk.subarray(at, at + 4 - this.#have)])
        at += 4 - this.#have
        this.#have = this.#head.length
        if (this.#have < 4) return
        this.#skip = this.#head.readInt32BE(0)
        this.#head = Buffer.alloc(0)
        this.#have = 0
      }
      const count = Math.min(this.#skip, chunk.length - at)
      this.#skip -= count
      at += count
      if (this.#skip === 0) this.latenciesMs.push(performance.now() - this.#sentMs.shift()!)
    }
  }
}

/**
 * Sends the same request so many times a second until `until` resolves, whether or not answers come: what is measured is the time
 * from the moment at which a request was due. Milliseconds of all of them, ascending.
 */
export async function pacedLatencies(
  port: number,
  request: Buffer,
  perSecond: number,
  until: Promise<unknown>,
): Promise<number[]> {
  const latenciesMs: number[] = []
  const lanes = await Promise.all(Array.from({ length: CONNECTIONS }, () => Lane.open(port, latenciesMs)))
  let isOver = false
  until.finally(() => {
    isOver = true
  })
  const startMs = performance.now()
  for (let sent = 0; !isOver; ) {
    const due = Math.floor(((performance.now() - startMs) / 1000) * perSecond)
    for (; sent < due; sent++) lanes[sent % lanes.length]!.send(request, startMs + (sent / perSecond) * 1000)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  while (lanes.some(({ waiting }) => waiting > 0)) await new Promise((resolve) => setTimeout(resolve, 5))
  for (const lane of lanes) lane.close()
  return latenciesMs.sort((a, b) => a - b)
}

export function percentile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))]!
}
