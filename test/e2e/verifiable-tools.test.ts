import { afterAll, beforeAll, expect, test } from 'vitest'
import { topicsTool } from '../../src/cli/topics/tool.js'
import { verifiableProducerTool } from '../../src/cli/verifiable-producer/tool.js'
import { startBroker, type TestBroker } from '../../src/index.js'
import { runInMemory } from '../support/memory-io.js'
import { ToolSession } from '../support/tool-session.js'

interface Event {
  readonly timestamp: number
  readonly name: string
  readonly count?: number
  readonly value?: string
  readonly sent?: number
  readonly acked?: number
  readonly partitions?: readonly { readonly count: number }[]
  readonly offsets?: readonly { readonly offset: number }[]
}

let broker: TestBroker
let bootstrap: readonly string[]
beforeAll(async () => {
  broker = await startBroker()
  bootstrap = ['--bootstrap-server', broker.bootstrapServers]
  await runInMemory(topicsTool, [...bootstrap, '--create', '--topic', 'v', '--partitions', '1'])
  const { exit } = await runInMemory(verifiableProducerTool, [...bootstrap, '--topic', 'v', '--max-messages', '8'])
  expect(exit).toBe(0)
})
afterAll(() => broker.close())

const events = (lines: readonly string[]): Event[] => lines.map((line) => JSON.parse(line) as Event)
const named = (all: readonly Event[], name: string): Event[] => all.filter((event) => event.name === name)

function reader(group: string, ...args: string[]): ToolSession {
  return new ToolSession('verifiable-consumer', [...bootstrap, '--topic', 'v', '--group-id', group, ...args])
}

test('a consumer with a limit counts and commits no further than that', async () => {
  const session = reader('limited', '--max-messages', '5')
  const { exit } = await session.end('by itself')
  expect(exit).toBe(0)
  const all = events(session.lines)
  const counted = named(all, 'records_consumed').flatMap(({ partitions }) => partitions ?? [])
  expect(counted.reduce((sum, { count }) => sum + count, 0)).toBe(5)
  expect(named(all, 'offsets_committed').at(-1)?.offsets).toMatchObject([{ offset: 5 }])
})

test('the next consumer of the group goes on behind what was committed', async () => {
  const session = reader('limited', '--max-messages', '3', '--verbose')
  await session.end('by itself')
  expect(named(events(session.lines), 'record_data').map(({ value }) => value)).toEqual(['5', '6', '7'])
})

test('a consumer that is told to end says so, gives its partitions back, and ends last', async () => {
  const session = reader('told')
  await session.printed(4)
  const { exit } = await session.end('SIGINT')
  expect(exit).toBe(130)
  expect(events(session.lines).map(({ name }) => name)).toEqual([
    'startup_complete',
    'partitions_assigned',
    'records_consumed',
    'offsets_committed',
    'shutdown_requested',
    'partitions_revoked',
    'shutdown_complete',
  ])
})

test('a producer that is told to end delivers what it has sent, and counts it', async () => {
  const session = new ToolSession('verifiable-producer', [...bootstrap, '--topic', 'w', '--throughput', '50'])
  await session.printed(5)
  const { exit } = await session.end('SIGINT')
  expect(exit).toBe(130)
  const all = events(session.lines)
  const total = all.at(-1)!
  expect(total.name).toBe('tool_data')
  expect(total.acked).toBe(total.sent)
  expect(named(all, 'producer_send_success')).toHaveLength(total.sent!)
})
