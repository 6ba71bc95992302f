import { expect } from 'vitest'
import { tools } from '../../src/cli/tools.js'
import { MemoryIo, type ToolRun } from './memory-io.js'

const PATIENCE_MS = 20_000

/** A tool that runs inside the test until it is told to stop, while the test looks at what it prints. */
export class ToolSession {
  readonly io: MemoryIo
  readonly #stop = new AbortController()
  readonly #exit: Promise<number>

  constructor(name: string, args: readonly string[]) {
    this.io = new MemoryIo({ keepsStdinOpen: true, stop: this.#stop.signal })
    this.#exit = tools[name]!().then((tool) => tool.run(args, this.io))
  }

  get lines(): string[] {
    return this.io.stdout.text.split('\n').slice(0, -1)
  }

  type(line: string): void {
    this.io.stdin.push(`${line}\n`)
  }

  /** Waits until so many lines were printed, and returns all there are. */
  async printed(count: number): Promise<string[]> {
    await expect.poll(() => this.lines.length, { timeout: PATIENCE_MS }).toBeGreaterThanOrEqual(count)
    return this.lines
  }

  async end(how: 'SIGINT' | 'EOF' | 'by itself' = 'SIGINT'): Promise<ToolRun> {
    if (how === 'SIGINT') this.#stop.abort(how)
    if (how === 'EOF') this.io.stdin.push(null)
    const exit = await this.#exit
    return { exit, out: this.io.stdout.text, err: this.io.stderr.text }
  }
}
