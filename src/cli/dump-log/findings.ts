import type { ToolIo } from '../tool.js'
import type { Mismatch, TimeIndexErrors } from './dump-index.js'
import type { Gap } from './dump-log-file.js'

/** What was wrong with the files, by their full path: told after all of them were dumped. */
export class Findings {
  readonly #mismatches = new Map<string, readonly Mismatch[]>()
  readonly #timeErrors = new Map<string, TimeIndexErrors>()
  readonly #gaps = new Map<string, readonly Gap[]>()

  addMismatches(path: string, mismatches: readonly Mismatch[]): void {
    this.#mismatches.set(path, mismatches)
  }

  addTimeErrors(path: string, errors: TimeIndexErrors): void {
    this.#timeErrors.set(path, errors)
  }

  addGaps(path: string, gaps: readonly Gap[]): void {
    this.#gaps.set(path, gaps)
  }

  print(io: ToolIo): void {
    const block = (head: string, rows: readonly Mismatch[], row: (said: number, found: number) => string): void => {
      if (rows.length === 0) return
      io.stderr.line(head)
      for (const [said, found] of rows) io.stderr.line(row(said, found))
    }
    for (const [path, rows] of this.#mismatches) {
      block(`Mismatches in :${path}`, rows, (said, found) => `  Index offset: ${said}, log offset: ${found}`)
    }
    for (const [path, { wrong, outOfOrder, notFound }] of this.#timeErrors) {
      block(
        `Found timestamp mismatch in :${path}`,
        wrong,
        (said, found) => `  Index timestamp: ${said}, log timestamp: ${found}`,
      )
      block(
        `Found out of order timestamp in :${path}`,
        outOfOrder,
        (said, before) => `  Index timestamp: ${said}, Previously indexed timestamp: ${before}`,
      )
      block(
        `The following indexed offsets are not found in :${path}`,
        notFound,
        (said, found) => `Indexed offset: ${said}, found log offset: ${found}`,
      )
    }
    for (const [path, rows] of this.#gaps) {
      block(`Non-consecutive offsets in ${path}`, rows, (before, after) => `  ${before} is followed by ${after}`)
    }
  }
}
