import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fetchFrame, produceErrorAt } from './frames.js'
import type { Measured, NativePrograms } from './native.js'

const HOST = '127.0.0.1'

export interface Producing {
  readonly topic: string
  /** Sent in turn. */
  readonly frames: readonly Buffer[]
  readonly requests: number
  readonly connections: number
  /** Requests that may be on their way for each connection. */
  readonly window: number
}

export interface Consuming {
  readonly topic: string
  readonly batchBytes: number
  readonly recordsPerBatch: number
  readonly firstOffset?: number
  readonly endOffset: number
  readonly connections?: number
  /** How often each of them reads all of it. */
  readonly times?: number
  readonly isolation?: 'read_uncommitted' | 'read_committed'
}

/** Requests that were built beforehand, sent by a program in C: what is measured is the broker. */
export class RawLoad {
  readonly #directory = mkdtempSync(join(tmpdir(), 'klog-frames-'))

  constructor(readonly programs: NativePrograms) {}

  /** As fast as answers come. */
  produce(port: number, { topic, frames, requests, connections, window }: Producing): Promise<Measured> {
    const file = this.#file('produce', Buffer.concat(frames))
    const args = [HOST, port, file, requests, connections, window, 0, produceErrorAt(topic)]
    return this.programs.measured('load', ['produce', ...args])
  }

  /** At a pace, whether or not answers come; the time of each is counted from when it was due. */
  pace(port: number, topic: string, frame: Buffer, o: { count: number; perSecond: number; connections: number }) {
    const args = [HOST, port, this.#file('produce', frame), o.count, o.connections, 0, o.perSecond]
    return this.programs.measured('load', ['produce', ...args, produceErrorAt(topic)])
  }

  consume(port: number, load: Consuming): Promise<Measured> {
    const { frame, offsetAt, headBytes } = fetchFrame(load.topic, load.isolation)
    const shape = [offsetAt, headBytes, load.batchBytes, load.recordsPerBatch]
    const range = [load.firstOffset ?? 0, load.endOffset, load.connections ?? 1, load.times ?? 1]
    return this.programs.measured('load', ['consume', HOST, port, this.#file('fetch', frame), ...shape, ...range])
  }

  /** From when a record was due to be sent to when a consumer that waits for it has it. */
  tail(port: number, topic: string, frame: Buffer, o: { count: number; perSecond: number; batchBytes: number }) {
    const fetch = fetchFrame(topic)
    const produced = [this.#file('produce', frame), o.count, o.perSecond, produceErrorAt(topic)]
    const fetched = [this.#file('fetch', fetch.frame), fetch.offsetAt, fetch.headBytes, o.batchBytes, 1, 0]
    return this.programs.measured('load', ['tail', HOST, port, ...produced, ...fetched])
  }

  dispose(): void {
    rmSync(this.#directory, { recursive: true })
  }

  #file(name: string, bytes: Buffer): string {
    const file = join(this.#directory, name)
    writeFileSync(file, bytes)
    return file
  }
}
