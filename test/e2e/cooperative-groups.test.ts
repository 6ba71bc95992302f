import { afterAll, beforeAll, expect, test } from 'vitest'
import { tools } from '../../src/cli/tools.js'
import { startBroker, type TestBroker } from '../../src/index.js'
import { runInMemory } from '../support/memory-io.js'
import { ToolSession } from '../support/tool-session.js'

const ASSIGNORS = 'org.apache.kafka.clients.consumer'
const PARTITIONS = 4
const EACH = 25
const PATIENCE = { timeout: 20_000 }

let broker: TestBroker
beforeAll(async () => {
  broker = await startBroker({ settings: { 'num.partitions': PARTITIONS } })
})
afterAll(() => broker.close())

async function run(name: string, args: readonly string[], stdin = ''): Promise<string> {
  const server = ['--bootstrap-server', broker.bootstrapServers]
  return (await runInMemory(await tools[name]!(), [...args, ...server], { stdin })).out
}

/** So many to each partition; says in each what it is. */
async function produce(topic: string, round: number): Promise<void> {
  const lines = Array.from({ length: PARTITIONS * EACH }, (_, i) =>
    JSON.stringify({ partition: i % PARTITIONS, value: `${round}:${i}` }),
  )
  await run('console-producer', ['--topic', topic, '--input', 'json'], `${lines.join('\n')}\n`)
}

test.each(['CooperativeStickyAssignor', 'StickyAssignor'])(
  'members that come and go share the partitions evenly, and every record is read once: %s',
  async (assignor) => {
    const topic = assignor.toLowerCase()
    await produce(topic, 0)
    const join = (): ToolSession =>
      new ToolSession('console-consumer', [
        ...['--topic', topic, '--group', topic, '--from-beginning', '--bootstrap-server', broker.bootstrapServers],
        ...['--command-property', `partition.assignment.strategy=${ASSIGNORS}.${assignor}`],
        ...['--command-property', 'heartbeat.interval.ms=100'],
      ])
    const shares = async (): Promise<number[]> => {
      const args = ['--describe', '--group', topic, '--members', '--output', 'json']
      const members = JSON.parse(await run('consumer-groups', args)) as { assignment: unknown[] }[]
      return members.map(({ assignment }) => assignment.length).sort()
    }
    const first = join()
    await first.printed(PARTITIONS * EACH)
    const others = [join(), join()]
    await expect.poll(shares, PATIENCE).toEqual([1, 1, 2])
    await produce(topic, 1)
    const members = [first, ...others]
    const read = (): string[] => members.flatMap(({ lines }) => lines)
    await expect.poll(() => read().length, PATIENCE).toBe(2 * PARTITIONS * EACH)
    await first.end()
    await expect.poll(shares, PATIENCE).toEqual([2, 2])
    await produce(topic, 2)
    await expect.poll(() => read().length, PATIENCE).toBe(3 * PARTITIONS * EACH)
    for (const member of others) await member.end()
    expect(new Set(read()).size).toBe(read().length)
  },
)
