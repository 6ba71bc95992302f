import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import type { Tool } from '../../src/cli/tool.js'
import { tools } from '../../src/cli/tools.js'
import type { GoldenBroker } from './golden-brokers.js'
import type { BackgroundStep, GoldenLine, Outcome, RunStep, Step, StopStep } from './golden-file.js'
import { expand, matches, type Values } from './golden-match.js'
import { withoutJava, withoutRemarks, withoutRetries, withoutRetriesIn } from './golden-stderr.js'
import { hurriedClock } from './hurried-clock.js'
import { MemoryIo, type ToolRun } from './memory-io.js'
import { shellWords } from './shell-words.js'

const PATIENCE_MS = 20_000
const LOOK_AGAIN_MS = 50
/** The cluster id of the recordings: one command line uses it, before any is seen, as an id that no topic has. */
const IN_COMMANDS = [['cluster-id', '4L6g3nShT-eMCtK--X86sw']] as const
/** Where nobody answers a minute passes in little more than a second. */
const HURRY = 50

/** What of a step is not compared: one stream, or all. Then Kafka's own tool takes the step if it is at hand, else nobody. */
export type Uncompared = ReadonlySet<'all' | 'stdout' | 'stderr' | `lines ${string}`>

/** One transcript, step by step, with klog's tools inside this process or with Kafka's own, against a broker of its own. */
export class Replay {
  readonly #values: Values
  readonly #directory = mkdtempSync(join(tmpdir(), 'klog-replay-'))
  readonly #clients = new Map<string, Client>()
  /** By topic, as created on the way: with several the order in which they are read is anybody's guess. */
  readonly #partitionCounts = new Map<string, number>()

  readonly #broker: GoldenBroker | null
  readonly #kafkaTools: ((program: string) => Tool) | null

  /** @param kafkaTools takes every step, where it is given. */
  constructor(broker: GoldenBroker | null, kafkaTools: ((program: string) => Tool) | null = null) {
    this.#broker = broker
    this.#kafkaTools = kafkaTools
    const [bootstrap, directory] = [broker?.bootstrap ?? '127.0.0.1:1', broker?.directory ?? this.#directory]
    const [host, port] = bootstrap.split(',')[0]!.split(':')
    this.#values = new Map([
      ['bootstrap', bootstrap],
      ['controller', `${host}:${Number(port) + 1}`],
      ['dir', this.#directory],
      ['broker-dir', directory],
      ...bootstrap.split(',').map((address, id) => [`broker:${id}`, address] as const),
      ...(broker?.controllers ?? []).map((address, id) => [`controller:${id}`, address] as const),
    ])
  }

  async step(step: Step, uncompared: Uncompared): Promise<void> {
    if (uncompared.has('all') && !this.#mayBeTaken(step)) return
    switch (step.kind) {
      case 'run':
        return await this.#run(step, uncompared)
      case 'background':
        this.#clients.set(step.client, this.#start(step.command, step, uncompared))
        return
      case 'feed':
        this.#client(step.client).io.stdin.push(step.stdin)
        return
      case 'stop':
        return await this.#stop(step, uncompared)
      case 'file':
        writeFileSync(join(this.#directory, step.name), expand(step.content, this.#values))
        return
      case 'wait':
        return await this.#waitFor(step.command, new RegExp(step.matches))
      case 'node':
        return await this.#broker!.act!(step.how, step.id)
      case 'sleep':
        return // What the pause was for is waited for where it shows.
    }
  }

  async close(): Promise<void> {
    for (const client of this.#clients.values()) client.stop.abort('SIGTERM')
    await Promise.all([...this.#clients.values()].map(({ exit }) => exit))
    rmSync(this.#directory, { recursive: true, force: true })
  }

  async #run(step: RunStep, uncompared: Uncompared): Promise<void> {
    this.#noteTopics(step.command)
    const giveUpAt = systemClock.monotonicMs() + PATIENCE_MS
    for (;;) {
      const run = await this.#finish(this.#start(step.command, step, uncompared))
      if (this.#isAsRecorded(step, run, uncompared)) return
      const mayComeAbout = onlyLooks(step.command) && run.exit === step.exit
      if (!mayComeAbout || systemClock.monotonicMs() > giveUpAt) return this.#explain(step, run, uncompared)
      await pause()
    }
  }

  /** A signal is sent when the client has read its input and printed what it had printed in the recording. */
  async #stop(step: StopStep, uncompared: Uncompared): Promise<void> {
    const client = this.#client(step.client)
    const giveUpAt = systemClock.monotonicMs() + PATIENCE_MS
    const isReady = (): boolean =>
      client.io.stdout.text.split('\n').length > step.out.length && client.io.stdin.readableLength === 0
    while (!uncompared.has('all') && !isReady() && systemClock.monotonicMs() < giveUpAt) await pause()
    if (step.how === 'EOF') client.io.stdin.push(null)
    else client.stop.abort(step.how)
    const run = await this.#finish(client)
    this.#clients.delete(step.client)
    if (!this.#isAsRecorded(step, run, uncompared)) this.#explain(step, run, uncompared)
  }

  async #waitFor(command: string, wanted: RegExp): Promise<void> {
    const giveUpAt = systemClock.monotonicMs() + PATIENCE_MS
    for (;;) {
      const { out } = await this.#finish(this.#start(command))
      if (wanted.test(out)) return
      if (systemClock.monotonicMs() > giveUpAt) return expect(out).toMatch(wanted)
      await pause()
    }
  }

  /** Whether Kafka's own tool may take a step that is not compared. */
  #mayBeTaken(step: Step): boolean {
    if (step.kind === 'stop') return this.#clients.has(step.client)
    if (this.#kafkaTools !== null) return step.kind !== 'wait'
    const command = step.kind === 'run' || step.kind === 'background' || step.kind === 'wait' ? step.command : ''
    return this.#broker?.foreignTool(command) != null
  }

  #start(command: string, step: RunStep | BackgroundStep | null = null, uncompared: Uncompared = new Set()): Client {
    const [program = '', ...args] = shellWords(expand(command, new Map([...IN_COMMANDS, ...this.#values])))
    const stop = new AbortController()
    const io = new MemoryIo({
      ...(step === null ? {} : { stdin: step.stdin }),
      keepsStdinOpen: step?.kind === 'background',
      isTerminal: step?.kind === 'run' && step.isTerminal,
      env: { KLOG_NO_SPAWN: '1' },
      directory: this.#directory,
      clock: args.includes('127.0.0.1:1') ? hurriedClock(HURRY) : systemClock,
      stop: stop.signal,
    })
    const linesRead = /reader of stdout left after (\d+) line/.exec(step?.kind === 'run' ? step.note : '')?.[1]
    if (linesRead !== undefined) io.stdout.leaveAfterLines(Number(linesRead))
    const tool = this.#toolFor(program, uncompared)
    const exit = tool.then((loaded) => loaded.run(args, io))
    return { command, io, stop, exit }
  }

  async #toolFor(program: string, uncompared: Uncompared): Promise<Tool> {
    if (this.#kafkaTools !== null) return this.#kafkaTools(program)
    const foreign = uncompared.has('all') ? this.#broker?.foreignTool(program) : null
    return foreign ?? (await loadTool(program))
  }

  async #finish(client: Client): Promise<ToolRun> {
    const exit = await client.exit
    return { exit, out: client.io.stdout.text, err: client.io.stderr.text }
  }

  #client(name: string): Client {
    const client = this.#clients.get(name)
    if (client === undefined) throw new Error(`no client ${name} was started`)
    return client
  }

  #isAsRecorded(step: RunStep | StopStep, run: ToolRun, uncompared: Uncompared): boolean {
    if (uncompared.has('all')) return true
    // The end of a client by SIGKILL has no exit code to compare.
    if (!Number.isNaN(step.exit) && run.exit !== step.exit) return false
    if (step.isSetup) return true
    const isOrdered = this.#isOrdered(step)
    const left = leavesOut(uncompared)
    const wanted = step.out.filter(({ text }) => !left(text))
    const out = run.out.split(/(?<=\n)/).filter((line) => !left(line))
    return (
      (uncompared.has('stdout') || matches(wanted, out.join(''), this.#values, isOrdered)) &&
      (uncompared.has('stderr') || matches(this.#recordedErr(step), this.#printedErr(run), this.#values))
    )
  }

  /** Fails with the difference, as readable as the recorded text can be made. */
  #explain(step: Outcome, run: ToolRun, uncompared: Uncompared): void {
    const recorded = (lines: Outcome['out']): string =>
      lines.map(({ text, isEnded }) => expand(text, this.#values) + (isEnded ? '\n' : '')).join('')
    const isCompared = (stream: 'stdout' | 'stderr', text: string): string => (uncompared.has(stream) ? '' : text)
    expect({
      exit: run.exit,
      out: isCompared('stdout', run.out),
      err: isCompared('stderr', this.#printedErr(run)),
    }).toEqual({
      exit: step.exit,
      out: isCompared('stdout', recorded(step.out)),
      err: isCompared('stderr', recorded(this.#recordedErr(step))),
    })
    throw new Error('the outcome is as recorded, but for the lines that may differ')
  }

  #recordedErr({ err }: Outcome): readonly GoldenLine[] {
    return this.#kafkaTools === null ? withoutJava(err) : withoutRetries(err)
  }

  #printedErr({ err }: ToolRun): string {
    return this.#kafkaTools === null ? withoutRemarks(err) : withoutRetriesIn(err)
  }

  #noteTopics(command: string): void {
    const count = /--partitions[ =](\d+)/.exec(command)?.[1]
    const topic = /--topic[ =](\S+)/.exec(command)?.[1]
    if (command.includes('--create') && topic !== undefined) this.#partitionCounts.set(topic, Number(count ?? 1))
  }

  #isOrdered(step: RunStep | StopStep): boolean {
    if (step.out.some(({ text }) => text.includes('{random-group:'))) return false
    const command = step.kind === 'run' ? step.command : this.#commandOf(step.client)
    // The map that the tool goes through is in an order of chance.
    if (command.startsWith('kafka-delete-records')) return false
    // The order of the directories is that of a hash of their names, which are new in each run.
    if (command.startsWith('kafka-storage')) return false
    // Two groups whose names hash alike come in the order in which the brokers tell of them.
    if (command.startsWith('kafka-groups')) return false
    // Members come in the order of ids that chance made.
    if (command.includes('--members')) return false
    if (!command.startsWith('kafka-console-consumer')) return true
    const topic = /--topic[ =](\S+)/.exec(command)?.[1]
    return topic !== undefined && !/--include/.test(command) && (this.#partitionCounts.get(topic) ?? 1) === 1
  }

  #commandOf(client: string): string {
    return this.#clients.get(client)?.command ?? ''
  }
}

interface Client {
  readonly command: string
  readonly io: MemoryIo
  readonly stop: AbortController
  readonly exit: Promise<number>
}

/** Which lines of stdout are not compared. */
function leavesOut(uncompared: Uncompared): (line: string) => boolean {
  const patterns = [...uncompared].flatMap((one) => (one.startsWith('lines ') ? [new RegExp(one.slice(6))] : []))
  return (line) => patterns.some((pattern) => pattern.test(line))
}

/** Such a command may be run again until what it shows has come about. */
function onlyLooks(command: string): boolean {
  return (
    (/^kafka-(topics|consumer-groups|groups|get-offsets) /.test(command) && /--(list|describe)\b/.test(command)) ||
    /^kafka-reassign-partitions .*--(list|verify)( |$)/.test(command) ||
    /^kafka-transactions .*? (list|describe|describe-producers)( |$)/.test(command)
  )
}

async function loadTool(program: string): Promise<Tool> {
  const load = tools[program.replace(/^kafka-/, '')]
  if (load === undefined) throw new Error(`klog has no ${program}`)
  return await load()
}

async function pause(): Promise<void> {
  await new Promise<void>((resolve) => systemClock.after(LOOK_AGAIN_MS, resolve))
}
