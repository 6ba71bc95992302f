import type { Readable } from 'node:stream'
import type { Clock } from '../base/clock.js'
import type { Random } from '../base/random.js'
import { UserError } from '../base/user-error.js'
import type { Context } from './context/choose.js'
import { readFormat } from './data/output-option.js'
import type { Shape } from './data/shape.js'
import { didYouMean } from './did-you-mean.js'
import { OptionError, type OptionSpec, type Options, parseOptions } from './kafka-options.js'
import type { Output } from './output.js'
import { optionTable, UsageError } from './usage.js'
import { KAFKA_VERSION } from './version.js'

/** One of Kafka's command-line tools. It touches nothing but its `io`, so that it runs in a test as in a process. */
export interface Tool {
  /** As typed after `klog`, e.g. `topics`. */
  readonly name: string
  /** What it is for, in one line. */
  readonly summary: string
  readonly options: readonly OptionSpec[]
  /** Command lines without the program's name. */
  readonly examples: readonly string[]
  /** What it prints with --output; nothing where it has no such option. */
  readonly data: readonly Shape[]
  /** Ends its work and returns 130 or 143 when `io.stop` fires, instead of dying of the signal. */
  readonly endsOnSignal: boolean
  /** Runs to the end and returns the exit code. Throws only on a mistake of ours. */
  run(args: readonly string[], io: ToolIo): Promise<number>
}

export interface ToolIo {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where relative file names start. */
  readonly directory: string
  readonly clock: Clock
  readonly random: Random
  /** Fires when the person wants the tool to end; the reason is the signal's name. */
  readonly stop: AbortSignal
  /** The cluster that is meant where the command line names none; none chosen: the local broker. */
  readonly context?: Context | null
  /** Bootstrap servers for `--bootstrap-server flag`; without a flag those of the context, or the local
   * broker, started if need be. */
  bootstrap(flag: string | undefined): Promise<string>
}

export interface ToolDefinition<Name extends string> {
  readonly name: string
  readonly summary: string
  readonly options: readonly OptionSpec<Name>[]
  readonly examples: readonly string[]
  /** What it prints with --output, which its options must have then. */
  readonly data?: readonly Shape[]
  readonly endsOnSignal?: boolean
  /** What stands after its name in the help, before the options. */
  readonly words?: string
  /** Without a single argument it does its work, where Kafka's tools show their options. */
  readonly runsWithoutArguments?: boolean
  /** Whether the option table follows a command line that cannot be parsed; the tools of Kafka differ here. */
  readonly showsTableOnParseError?: boolean
  /** Stands before the message when a command line cannot be parsed. */
  readonly parseErrorPrefix?: string
  /** Options that Kafka has removed and courses still type: what to type today. */
  readonly removed?: Readonly<Record<string, string>>
  /** The work itself; `args` for messages only. UsageError, OptionError and UserError may be thrown. */
  act(options: Options<Name>, io: ToolIo, args: readonly string[]): Promise<number>
}

const HELP = { name: 'help', about: 'Print this text.' } as const
const VERSION = { name: 'version', about: 'Print the version of Apache Kafka that this tool equals.' } as const

export function defineTool<Name extends string>(definition: ToolDefinition<Name>): Tool {
  const options: readonly OptionSpec<Name | 'help' | 'version'>[] = [...definition.options, HELP, VERSION]
  const tool: Tool = {
    name: definition.name,
    summary: definition.summary,
    options,
    examples: definition.examples,
    data: definition.data ?? [],
    endsOnSignal: definition.endsOnSignal ?? false,
    run: async (args, io) => {
      try {
        if (args.length === 0 && definition.runsWithoutArguments !== true)
          return showUsage(tool, definition.summary, io)
        const given = parseOptions(options, args)
        if (given.has('help')) return await showHelp(tool, definition, io)
        if (given.has('version')) return showVersion(io)
        if (definition.data !== undefined) checkFormat(given as Options<string>)
        return await definition.act(given as Options<Name>, io, args)
      } catch (error) {
        return report(error, tool, definition, io)
      }
    },
  }
  return tool
}

/** klog's own remarks on stderr start with its name, so that they can be told from what Kafka prints. */
export function note(io: Pick<ToolIo, 'stderr'>, text: string): void {
  io.stderr.line(`klog: ${text}`)
}

/** Whether a missing --bootstrap-server is an error, as in Kafka, because no local broker may be started. */
export function needsBootstrapFlag(io: Pick<ToolIo, 'env' | 'context'>): boolean {
  return io.env.KLOG_NO_SPAWN === '1' && (io.context?.bootstrapServers ?? null) === null
}

function report<Name extends string>(error: unknown, tool: Tool, definition: ToolDefinition<Name>, io: ToolIo): number {
  if (error instanceof UsageError) {
    showUsage(tool, error.message, io)
    if (error.nextStep !== null) note(io, error.nextStep)
    return 1
  }
  if (error instanceof OptionError) {
    if (definition.showsTableOnParseError) showUsage(tool, error.message, io)
    else io.stderr.line(`${definition.parseErrorPrefix ?? ''}${error.message}`)
    const today = definition.removed?.[error.unknownOption ?? ''] ?? meantOption(error, tool)
    if (today !== null) note(io, today)
    return 1
  }
  if (error instanceof UserError) {
    note(io, error.message)
    if (error.nextStep !== null) note(io, error.nextStep)
    return 1
  }
  throw error
}

/** A format that there is not is refused before anything is started. */
function checkFormat(given: Options<string>): void {
  readFormat(given.has('output') ? given.text('output') : undefined)
}

function meantOption({ unknownOption }: OptionError, { options }: Tool): string | null {
  if (unknownOption === null) return null
  return didYouMean(
    unknownOption,
    options.map(({ name }) => name),
    '--',
  )
}

function showUsage(tool: Tool, message: string, io: ToolIo): number {
  io.stderr.write(`${message}\n${optionTable(tool.options)}`)
  return 1
}

async function showHelp(
  tool: Tool,
  { data = [], words = '' }: Pick<ToolDefinition<string>, 'data' | 'words'>,
  io: ToolIo,
): Promise<number> {
  const { helpHead } = await import('./help/tool-help.js')
  const usage = `Usage: klog ${tool.name} ${words}[options]\n\n${optionTable(tool.options)}`
  io.stdout.write(`${helpHead(tool)}\n${usage}`)
  if (data.length === 0) return 0
  const { shapesText } = await import('./data/shape-text.js')
  io.stdout.write(`\nWhat --output json has, where ? may be null:\n${shapesText(data)}`)
  return 0
}

function showVersion(io: ToolIo): number {
  io.stdout.line(KAFKA_VERSION)
  return 0
}
