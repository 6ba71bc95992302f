import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '../support/klog-home.js'

const klogd = join(import.meta.dirname, '../../bin/klogd.js')

/** klog's broker as a process of its own, that is killed as often as one likes, also while it starts. */
export class KillableBroker {
  #child: ChildProcess | null = null

  private constructor(
    readonly port: number,
    readonly propertiesFile: string,
    /** What it reports as an error: nobody who is only killed should have anything to report. */
    readonly onError: (line: string) => void,
  ) {}

  /** On a directory of its own; it does not run yet. */
  static async make(
    directory: string,
    settings: ReadonlyMap<string, string>,
    onError: (line: string) => void,
  ): Promise<KillableBroker> {
    const port = await freePort()
    const file = join(directory, 'server.properties')
    const all = new Map([
      ['node.id', '0'],
      ['process.roles', 'broker,controller'],
      ['listeners', `PLAINTEXT://127.0.0.1:${port}`],
      ['log.dirs', join(directory, 'data')],
      ...settings,
    ])
    writeFileSync(file, [...all].map(([name, value]) => `${name}=${value}\n`).join(''))
    return new KillableBroker(port, file, onError)
  }

  /** Of the process that runs; null where none does. */
  get pid(): number | null {
    return this.#child?.pid ?? null
  }

  /** Begins to start it; true once it serves, false when it has ended before. */
  async start(): Promise<boolean> {
    const child = spawn(process.execPath, [klogd, this.propertiesFile], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    child.stderr!.setEncoding('utf8').on('data', (text: string) => this.onError(text.trim()))
    return new Promise((resolve) => {
      child.once('exit', () => resolve(false))
      createInterface(child.stdout!).on('line', (line) => {
        if (/\] ERROR | is lost/.test(line)) this.onError(line)
        if (line.includes('Kafka Server started')) resolve(true)
      })
    })
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (child === null) return
    this.#child = null
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
}
