import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Asked, Measurement, Told } from './broker-child.js'

const program = join(import.meta.dirname, 'broker-child.ts')

/** A broker in a process of its own that says what it holds. */
export class MeasuredBroker {
  #child: ChildProcess | null = null

  constructor(
    readonly port: number,
    readonly settings: ReadonlyMap<string, string>,
    readonly onLine: (line: string) => void,
  ) {}

  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', program], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#child = child
    for (const output of [child.stdout!, child.stderr!]) createInterface(output).on('line', this.onLine)
    child.send([...this.settings, ['listeners', `PLAINTEXT://127.0.0.1:${this.port}`]])
    await this.#told('serves')
  }

  get pid(): number {
    return this.#child!.pid!
  }

  async measure(): Promise<Measurement> {
    return (await this.#ask('measure', 'measured')).measured
  }

  /** What it holds, piece by piece; its heap goes to a file. */
  list(heapSnapshotTo: string): Promise<Told & { type: 'listed' }> {
    return this.#ask({ heapSnapshotTo }, 'listed')
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  #ask<T extends Told['type']>(asked: Asked, type: T): Promise<Told & { type: T }> {
    const told = this.#told(type)
    this.#child!.send(asked)
    return told
  }

  #told<T extends Told['type']>(type: T): Promise<Told & { type: T }> {
    const child = this.#child!
    return new Promise((resolve, reject) => {
      const ended = (code: number | null, signal: string | null): void =>
        reject(new Error(`the broker ended: ${signal ?? code}`))
      child.once('exit', ended)
      child.once('message', (told: Told) => {
        child.off('exit', ended)
        if (told.type === type) resolve(told as Told & { type: T })
        else reject(new Error(`${told.type} instead of ${type}`))
      })
    })
  }
}
