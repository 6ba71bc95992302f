import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type FedProducer, repeatedProducer, steadyProducer } from './fed-producer.js'
import type { Acks, OneShot, Worker } from './workers.js'

/** Often enough for an order to be seen. */
const KEYS = 20
const PACE_MS = 10
const COMPLAINTS_MAX = 4000

/** A worker with a topic of its own: a producer that is fed line by line, and a member of a group that reads along. */
export class Work {
  /** In the order in which they were sent: the numbers from 0 on. */
  readonly sent: string[] = []
  readonly read = new Set<string>()
  readonly #producer: FedProducer
  readonly #reader: ChildProcess
  readonly #complaints: string[] = []

  constructor(
    readonly worker: Worker,
    readonly topic: string,
    bootstrap: string,
  ) {
    const complain = (text: string): void => void this.#complaints.push(text)
    const producer = worker.readsAllFirst ? repeatedProducer : steadyProducer
    this.#producer = producer(worker.produce(bootstrap, topic), complain)
    const { program, args } = worker.read(bootstrap, topic, this.group)
    this.#reader = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#reader.stderr!.on('data', (chunk: Buffer) => complain(`${chunk}`))
    createInterface({ input: this.#reader.stdout! }).on('line', (value) => this.read.add(value))
  }

  get group(): string {
    return `${this.topic}-group`
  }

  get progress(): string {
    const { exitCode, signalCode } = this.#reader
    const ended = exitCode ?? signalCode
    const reader = ended === null ? '' : `, its reader has ended with ${ended}`
    return `${this.worker.name}: ${this.sent.length} sent, ${this.read.size} values read${reader}`
  }

  /** What the two wrote to stderr last. */
  get complaints(): string {
    return this.#complaints.join('').slice(-COMPLAINTS_MAX)
  }

  async feed(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const number = this.sent.length
      this.sent.push(String(number))
      this.#producer.feed(`k${number % KEYS}\t${number}\n`)
      await new Promise((resolve) => setTimeout(resolve, PACE_MS))
    }
  }

  /** One record beside the others, as its client tells what became of it. */
  async once(bootstrap: string, acks: Acks, value: string): Promise<string> {
    const command: OneShot = this.worker.once(bootstrap, this.topic, acks, value)
    const child = spawn(command.program, command.args)
    const [told, complaints]: string[][] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => told!.push(`${chunk}`))
    child.stderr.on('data', (chunk: Buffer) => complaints!.push(`${chunk}`))
    child.stdin.end(command.stdin ?? '')
    await once(child, 'close')
    return this.worker.outcomeOf([...told!, ...complaints!].join(''))
  }

  /** Resolves with what the producer exits with. */
  finish(): Promise<number | null> {
    return this.#producer.finish()
  }

  async stopReading(): Promise<void> {
    if (this.#reader.exitCode !== null || this.#reader.signalCode !== null) return
    this.#reader.kill('SIGTERM')
    await once(this.#reader, 'close')
  }

  kill(): void {
    this.#producer.kill()
    this.#reader.kill('SIGKILL')
  }
}
