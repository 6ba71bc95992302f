import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Command } from './clients.js'

/** What a program exits with that cannot go on, and can when it is started again (EX_TEMPFAIL). */
const START_ME_AGAIN = 75
const STARTS_MAX = 100
/** Its broker may be away for a moment, and not every client waits for it. */
const RESTART_PAUSE_MS = 500
const COMPLAINTS_MAX = 4000

/** A program that says on stdout what it does, a word a line, and can be killed at any word. */
export class Program {
  private child: ChildProcess | null = null
  private readonly events = new EventEmitter()
  private readonly errors: string[] = []
  private starts = 0
  /** Resolves with the exit code of the run that ended by itself. */
  readonly ended: Promise<number>

  constructor(private readonly command: Command) {
    this.ended = once(this.events, 'ended').then(([code]) => code as number)
    this.start()
  }

  /** Resolves when the program, or who came after it, has said the word so many times more. */
  says(word: string, times = 1): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = times
      const hear = (): void => {
        if (--left > 0) return
        this.events.off(word, hear)
        resolve()
      }
      this.events.on(word, hear)
      this.ended.then((code) => reject(new Error(`it ended with ${code} before it said ${word}\n${this.complaints}`)))
    })
  }

  /** kill -9, and another start. */
  async crashAndRestart(): Promise<void> {
    await this.end('SIGKILL')
    this.start()
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { child } = this
    this.child = null
    if (child === null || child.exitCode !== null) return
    child.kill(signal)
    await once(child, 'close')
  }

  /** What it wrote to stderr last, in whichever life. */
  get complaints(): string {
    return this.errors.join('').slice(-COMPLAINTS_MAX)
  }

  private start(): void {
    this.starts++
    const child = spawn(this.command.program, this.command.args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.child = child
    child.stderr.on('data', (chunk: Buffer) => this.errors.push(chunk.toString()))
    createInterface(child.stdout).on('line', (line) => this.events.emit(line))
    child.once('close', (code) => {
      if (this.child !== child) return
      if (code !== START_ME_AGAIN || this.starts === STARTS_MAX) this.events.emit('ended', code)
      else setTimeout(() => this.child === child && this.start(), RESTART_PAUSE_MS)
    })
  }
}
