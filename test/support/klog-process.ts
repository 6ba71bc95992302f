import { join } from 'node:path'
import { execa, type ResultPromise } from 'execa'
import { expect } from 'vitest'

const klogProgram = join(import.meta.dirname, '../../bin/klog.js')
const PATIENCE_MS = 20_000

export interface KlogEnd {
  readonly exit: number
  readonly out: string
  readonly err: string
}

/** `klog ARGS…` as a process of its own that is talked to while it runs. It starts no broker. */
export class KlogProcess {
  readonly child: ResultPromise
  #out = ''
  #err = ''

  constructor(args: readonly string[]) {
    const env = { KLOG_NO_SPAWN: '1' }
    this.child = execa(process.execPath, [klogProgram, ...args], { reject: false, env, buffer: false })
    // Whole characters: a piece of a pipe may end in the middle of one.
    this.child.stdout!.setEncoding('utf8')
    this.child.stderr!.setEncoding('utf8')
    this.child.stdout!.on('data', (chunk) => {
      this.#out += chunk
    })
    this.child.stderr!.on('data', (chunk) => {
      this.#err += chunk
    })
  }

  get out(): string {
    return this.#out
  }

  /** Writes to standard input, waiting until there is room again. */
  async write(chunk: string | Buffer): Promise<void> {
    const { stdin } = this.child
    if (!stdin!.write(chunk)) await new Promise((resolve) => stdin!.once('drain', resolve))
  }

  /** Waits until what was printed matches. */
  async printed(what: RegExp): Promise<void> {
    await expect.poll(() => this.#out, { timeout: PATIENCE_MS }).toMatch(what)
  }

  /** Closes our end of its standard output, as `head` does. */
  stopReading(): void {
    this.child.stdout!.destroy()
  }

  async end(): Promise<KlogEnd> {
    const { exitCode, signal } = await this.child
    expect(signal).toBeUndefined()
    return { exit: exitCode!, out: this.#out, err: this.#err }
  }

  /** The most memory that it has held so far, in bytes; null where the system does not tell. */
  async peakBytes(): Promise<number | null> {
    const { readFile } = await import('node:fs/promises')
    const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8').catch(() => '')
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(status)?.[1]
    return kilobytes === undefined ? null : Number(kilobytes) * 1024
  }
}
