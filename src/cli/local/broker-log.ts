import { copyFileSync, fstatSync, renameSync, rmSync, truncateSync, writeSync } from 'node:fs'
import type { Clock } from '../../base/clock.js'
import { timestamp } from '../../base/log.js'

const STANDARD_OUTPUT = 1

export interface BrokerLogOptions {
  readonly clock: Clock
  /** What is open for appending, maybe in other processes too; standard output if left out. */
  readonly fd?: number
  /** Appends bytes from one on, and tells how many; to `fd` if left out. */
  readonly append?: (bytes: Buffer, from: number) => number
}

/**
 * Where the broker's lines go. That may be on a full disk, or a terminal that was closed: lines are lost then, which is told as soon as
 * there is room, and nothing else of the broker is concerned.
 */
export class BrokerLog {
  readonly #clock: Clock
  readonly #fd: number
  readonly #append: (bytes: Buffer, from: number) => number
  readonly #isFile: boolean
  #kept: { readonly path: string; readonly bytesMax: number } | null = null
  #lostLines = 0
  #isTorn = false

  constructor({ clock, fd = STANDARD_OUTPUT, append }: BrokerLogOptions) {
    this.#clock = clock
    this.#fd = fd
    this.#append = append ?? ((bytes, from) => writeSync(fd, bytes, from))
    this.#isFile = isFile(fd)
    // Whoever read it has gone.
    if (!this.#isFile) process.stdout.on('error', () => {})
  }

  /** From now on the file becomes `path.1` when it has `bytesMax` bytes, and begins anew: what others make us say is bounded too. */
  keep(path: string, bytesMax: number): void {
    if (this.#isFile) this.#kept = { path, bytesMax }
  }

  write(line: string): void {
    if (!this.#isFile) {
      process.stdout.write(line)
      return
    }
    const text = Buffer.from(`${this.#isTorn ? '\n' : ''}${this.#lossNote()}${line}`)
    const written = this.#appended(text)
    if (written < text.length) {
      this.#lostLines++
      if (written > 0) this.#isTorn = text[written - 1] !== 0x0a
      return
    }
    this.#lostLines = 0
    this.#isTorn = false
    if (this.#kept !== null && fstatSync(this.#fd).size >= this.#kept.bytesMax) beginAnew(this.#kept.path)
  }

  #lossNote(): string {
    if (this.#lostLines === 0) return ''
    return `[${timestamp(this.#clock.now())}] WARN ${this.#lostLines} lines could not be written here (klog)\n`
  }

  /** How many bytes could be written. */
  #appended(text: Buffer): number {
    let written = 0
    try {
      while (written < text.length) written += this.#append(text, written)
    } catch {
      // There is nowhere to tell it.
    }
    return written
  }
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile()
  } catch {
    return false
  }
}

/** Copied and emptied, not renamed: whoever has it open, other processes and the runtime itself, goes on in it. */
function beginAnew(path: string): void {
  const copy = `${path}.${process.pid}`
  try {
    copyFileSync(path, copy)
    renameSync(copy, `${path}.1`)
  } catch {
    rmSync(copy, { force: true })
  }
  try {
    truncateSync(path)
  } catch {
    // It was taken away, and grows no longer.
  }
}
