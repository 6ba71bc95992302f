import { systemClock } from '../base/clock.js'
import { systemRandom } from '../base/random.js'
import { UserError } from '../base/user-error.js'
import { contextOf } from './context/apply.js'
import type { Context } from './context/choose.js'
import { type Output, StreamOutput } from './output.js'
import { note, type Tool, type ToolIo } from './tool.js'

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const
type StopSignal = keyof typeof EXIT_CODES
const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Runs a tool as this process: its streams, its signals, its exit code. */
export async function runAsProcess(tool: Tool, args: readonly string[]): Promise<never> {
  const io = new ProcessIo()
  try {
    io.context = contextOf(tool.name, args, io.env, io.directory)
  } catch (error) {
    return await refuse(error, io)
  }
  if (tool.endsOnSignal) io.catchSignals()
  const code = await tool.run(args, io).catch((error: unknown) => ownMistake(error, io))
  await io.flushed()
  process.exit(code)
}

async function refuse(error: unknown, io: ProcessIo): Promise<never> {
  if (!(error instanceof UserError)) throw error
  note(io, error.message)
  if (error.nextStep !== null) note(io, error.nextStep)
  await io.flushed()
  process.exit(1)
}

/** Nobody shall have to read our stack traces, unless to report them. */
function ownMistake(error: unknown, io: ToolIo): number {
  note(io, `this is a mistake in klog: ${error instanceof Error ? error.message : String(error)}`)
  if (io.env.KLOG_DEBUG === '1' && error instanceof Error) io.stderr.line(error.stack ?? '')
  else note(io, 'KLOG_DEBUG=1 in the environment shows where; please report it')
  return 1
}

/** The exit code of a tool that ended because `stop` fired. */
export function stopCode(stop: AbortSignal): number {
  return EXIT_CODES[stop.reason as StopSignal] ?? EXIT_CODES.SIGINT
}

/** The process as a tool sees it. Node opens a standard stream when it is first touched, which takes time: so do we. */
export class ProcessIo implements ToolIo {
  readonly env = process.env
  context: Context | null = null
  readonly directory = process.cwd()
  readonly clock = systemClock
  readonly random = systemRandom
  readonly #stop = new AbortController()
  #stdout: Output | null = null
  #stderr: Output | null = null

  /** `input` stands in for standard input. */
  constructor(private readonly input: ToolIo['stdin'] | null = null) {}

  get stdin(): ToolIo['stdin'] {
    return this.input ?? process.stdin
  }

  get stdout(): Output {
    this.#stdout ??= new StreamOutput(process.stdout)
    return this.#stdout
  }

  get stderr(): Output {
    this.#stderr ??= new StreamOutput(process.stderr)
    return this.#stderr
  }

  get stop(): AbortSignal {
    return this.#stop.signal
  }

  async bootstrap(flag: string | undefined): Promise<string> {
    const { localBootstrap } = await import('./local-broker.js')
    return localBootstrap(flag ?? this.context?.bootstrapServers ?? undefined, {
      env: this.env,
      clock: this.clock,
      note: (line) => this.stderr.line(line),
    })
  }

  /** A second signal means that the person does not want to wait for an orderly end. */
  catchSignals(): void {
    for (const signal of STOP_SIGNALS) {
      process.on(signal, () => {
        if (this.stop.aborted) process.exit(EXIT_CODES[signal])
        this.#stop.abort(signal)
      })
    }
  }

  async flushed(): Promise<void> {
    await this.#stdout?.flushed()
    await this.#stderr?.flushed()
  }
}
