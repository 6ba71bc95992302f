import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { kafkaTool } from './places.js'

const COLUMNS = [
  ['leaders', /Leader: (\S+)/],
  ['in sync', /Isr: (\S*)/],
  ['eligible', /\tElr: (\S*)/],
] as const
const OF_QUORUM = ['CurrentVoters', 'CurrentObservers']

const run = promisify(execFile)

/** Apache Kafka's own tools, whatever the cluster is, and what they print without what is another in every run. */
export class ApacheTools {
  /** @param address of a broker that runs */
  constructor(private readonly address: () => string) {}

  /** All lines in an order of their own, and how it was asked. */
  async lines(name: string, ...args: string[]): Promise<{ what: string; value: string }> {
    const lines = (await this.#run(name, ...args)).split('\n').filter((line) => line !== '')
    const value = lines
      .sort()
      .join('\n')
      .replaceAll(/"\/[^"]*"/g, '"DIRECTORY"')
    return { what: [name, ...args.filter((arg) => !arg.startsWith('/'))].join(' '), value }
  }

  /** What is shown of a topic's partitions, column by column. */
  async topics(names: readonly string[]): Promise<{ topic: string; what: string; value: string }[]> {
    const shown = (await this.#run('topics', '--describe', '--exclude-internal')).split('\n')
    return COLUMNS.flatMap(([what, pattern]) =>
      names.map((topic) => {
        const own = shown.filter((line) => line.startsWith(`\tTopic: ${topic}\t`))
        return { topic, what, value: own.map((line) => sorted(pattern.exec(line)?.[1] ?? '')).join(' | ') }
      }),
    )
  }

  async quorum(): Promise<{ what: string; value: string }[]> {
    const status = await this.#run('metadata-quorum', 'describe', '--status')
    const replication = (await this.#run('metadata-quorum', 'describe', '--replication')).trim().split('\n').slice(1)
    return [
      ...OF_QUORUM.map((what) => ({
        what,
        value: new RegExp(`^${what}: *(.*)$`, 'm').exec(status)![1]!.replaceAll(/[^/]+:\d{4,}/g, 'ADDRESS'),
      })),
      { what: 'quorum', value: replication.map((line) => line.trim().split(/\s+/).at(-1)).join(' ') },
    ]
  }

  async #run(name: string, ...args: string[]): Promise<string> {
    const { stdout } = await run(kafkaTool, [name, '--bootstrap-server', this.address(), ...args])
    return stdout
  }
}

/** Replicas in the order of their ids: theirs in the list depends on who was away before, if only for a moment. */
function sorted(ids: string): string {
  return ids.split(',').sort().join()
}
