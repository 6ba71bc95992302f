import { jsonLine } from '../data/json-text.js'
import type { DataFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import type { Row, RowIn, Shape } from '../data/shape.js'
import type { ToolIo } from '../tool.js'

/** Where what is found in files goes: as Kafka's text, or as data. Whoever reports makes only what is wanted. */
export interface Report {
  /** Only what is said between entries: where a file begins. */
  heading(text: string): void
  remark(text: string): void
  /** False when the reader is slower than us: `await drained()` before reporting much more. */
  entry<S extends Shape>(shape: S, row: () => WithoutFile<S>, text: () => string): boolean
}

type WithoutFile<S extends Shape> = Omit<RowIn<S>, 'file'>

export class TextReport implements Report {
  constructor(private readonly io: ToolIo) {}

  heading(text: string): void {
    this.io.stdout.line(text)
  }

  remark(text: string): void {
    this.io.stdout.line(text)
  }

  entry(_: Shape, __: () => unknown, text: () => string): boolean {
    return this.io.stdout.line(text())
  }
}

/** JSON is a line for each row, at once: files may be larger than the memory. The other formats come at the end. */
export class DataReport implements Report {
  /** That is read now. */
  file = ''
  readonly #rows = new Map<Shape, Row[]>()

  constructor(
    private readonly format: DataFormat,
    private readonly io: ToolIo,
  ) {}

  heading(): void {}

  remark(text: string): void {
    this.io.stderr.line(text)
  }

  entry(shape: Shape, row: () => object): boolean {
    const whole = { file: this.file, ...row() }
    if (this.format === 'json') return this.io.stdout.line(jsonLine(whole))
    const rows = this.#rows.get(shape) ?? []
    this.#rows.set(shape, rows)
    rows.push(whole)
    return true
  }

  async end(): Promise<void> {
    for (const [shape, rows] of this.#rows) await printData(this.io, this.format, shape, rows)
  }
}
