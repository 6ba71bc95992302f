import type { Clock } from '../base/clock.js'
import type { Output } from './output.js'

const WIDTH = 30
const REDRAW_MS = 100
/** What is done sooner needs no bar. */
const PATIENCE_MS = 500

export interface ProgressIo {
  readonly stdout: Pick<Output, 'isTerminal'>
  readonly stderr: Pick<Output, 'write' | 'isTerminal'>
  readonly clock: Clock
}

/**
 * How far a long work is, as a bar on stderr, where that is a terminal; where standard output is one too, only for whoever
 * takes the bar away (`end`) before each line that it prints.
 */
export class Progress {
  readonly #io: ProgressIo
  readonly #what: string
  readonly #total: number
  readonly #isShown: boolean
  #drawnAtMs: number
  #isDrawn = false

  constructor(io: ProgressIo, what: string, total: number, mayShare = false) {
    this.#io = io
    this.#what = what
    this.#total = total
    this.#isShown = io.stderr.isTerminal && (mayShare || !io.stdout.isTerminal) && total > 0
    this.#drawnAtMs = this.#isShown ? io.clock.monotonicMs() + PATIENCE_MS - REDRAW_MS : 0
  }

  /** So much of the total is done. */
  at(done: number): void {
    if (!this.#isShown) return
    const now = this.#io.clock.monotonicMs()
    if (now - this.#drawnAtMs < REDRAW_MS) return
    this.#drawnAtMs = now
    this.#isDrawn = true
    const share = Math.min(1, Math.max(0, done / this.#total))
    const full = Math.floor(share * WIDTH)
    const bar = `${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}`
    this.#io.stderr.write(`\r${this.#what} [${bar}] ${String(Math.floor(share * 100)).padStart(3)} %`)
  }

  /** Takes the bar away; it comes again when the work goes on. */
  end(): void {
    if (this.#isDrawn) this.#io.stderr.write('\r\u001b[K')
    this.#isDrawn = false
  }
}
