import { Readable } from 'node:stream'
import { type Clock, systemClock } from '../../src/base/clock.js'
import { systemRandom } from '../../src/base/random.js'
import type { Context } from '../../src/cli/context/choose.js'
import type { Output } from '../../src/cli/output.js'
import type { Tool, ToolIo } from '../../src/cli/tool.js'

/** Keeps what a tool writes. */
export class MemoryOutput implements Output {
  readonly #chunks: Buffer[] = []
  #linesMax = Number.POSITIVE_INFINITY

  constructor(readonly isTerminal = false) {}

  get isGone(): boolean {
    return this.#linesMax < Number.POSITIVE_INFINITY && this.text.split('\n').length > this.#linesMax
  }

  /** From then on nobody reads any more, and nothing is kept. */
  leaveAfterLines(count: number): void {
    this.#linesMax = count
  }

  write(chunk: string | Uint8Array): boolean {
    if (!this.isGone) this.#chunks.push(Buffer.from(chunk))
    return true
  }

  line(text: string): boolean {
    return this.write(`${text}\n`)
  }

  async drained(): Promise<void> {}
  async flushed(): Promise<void> {}

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  get text(): string {
    return this.bytes.toString()
  }
}

export interface MemoryIoSettings {
  readonly stdin?: string | Buffer
  /** More will be pushed into it later. */
  readonly keepsStdinOpen?: boolean
  /** Input and output are one terminal. */
  readonly isTerminal?: boolean
  readonly env?: Record<string, string>
  readonly directory?: string
  readonly clock?: Clock
  readonly stop?: AbortSignal
  readonly context?: Context
  /** What a tool without --bootstrap-server is given. */
  readonly localBroker?: string
}

export class MemoryIo implements ToolIo {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: MemoryOutput
  readonly stderr = new MemoryOutput()
  readonly env: Record<string, string>
  readonly directory: string
  readonly clock: Clock
  readonly random = systemRandom
  readonly stop: AbortSignal
  readonly context: Context | null
  readonly #localBroker: string

  constructor(settings: MemoryIoSettings = {}) {
    const isTerminal = settings.isTerminal ?? false
    this.stdin = Object.assign(new Readable({ read: () => {} }), { isTTY: isTerminal })
    this.stdout = new MemoryOutput(isTerminal)
    if (settings.stdin !== undefined) this.stdin.push(Buffer.from(settings.stdin))
    if (!settings.keepsStdinOpen) this.stdin.push(null)
    this.env = settings.env ?? {}
    this.directory = settings.directory ?? process.cwd()
    this.clock = settings.clock ?? systemClock
    this.stop = settings.stop ?? new AbortController().signal
    this.context = settings.context ?? null
    this.#localBroker = settings.localBroker ?? 'localhost:9092'
  }

  async bootstrap(flag: string | undefined): Promise<string> {
    return flag ?? this.context?.bootstrapServers ?? this.#localBroker
  }
}

export interface ToolRun {
  readonly exit: number
  readonly out: string
  readonly err: string
}

/** Runs a tool inside the test. */
export async function runInMemory(
  tool: Tool,
  args: readonly string[],
  settings: MemoryIoSettings = {},
): Promise<ToolRun> {
  const io = new MemoryIo(settings)
  const exit = await tool.run(args, io)
  return { exit, out: io.stdout.text, err: io.stderr.text }
}
