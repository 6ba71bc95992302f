import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCluster, type TestCluster } from '../../src/index.js'
import { ToolSession } from '../support/tool-session.js'

const GROUP = 'billing'
const TOPIC = 'orders'
const PATIENCE = { timeout: 25_000 }

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startCluster({ settings: { 'offsets.topic.num.partitions': '3' } })
})
afterAll(() => cluster?.close())

test('a consumer whose coordinator is killed reads on, prints nothing twice and commits with the next one', async () => {
  await tool('topics', '--create', '--topic', TOPIC, '--replication-factor', '3')
  const consumer = new ToolSession('console-consumer', own('--topic', TOPIC, '--group', GROUP, '--from-beginning'))
  await produce('one')
  expect(await consumer.printed(1)).toEqual(['one'])
  const first = await coordinatorId()
  await cluster.brokers[first]!.kill()
  await produce('two')
  await produce('three')
  expect(await consumer.printed(3)).toEqual(['one', 'two', 'three'])
  await expect.poll(coordinatorId, PATIENCE).not.toBe(first)
  expect(await consumer.end()).toMatchObject({ exit: 130, out: 'one\ntwo\nthree\n' })
  expect(await tool('consumer-groups', '--describe', '--group', GROUP)).toMatch(/^billing +orders +0 +3 +3 +0 /m)
})

function own(...args: string[]): string[] {
  return ['--bootstrap-server', cluster.bootstrapServers, ...args]
}

async function tool(name: string, ...args: string[]): Promise<string> {
  const { exit, out } = await new ToolSession(name, own(...args)).end('EOF')
  expect(exit).toBe(0)
  return out
}

async function produce(line: string): Promise<void> {
  const producer = new ToolSession('console-producer', own('--topic', TOPIC, '--sync'))
  producer.type(line)
  expect((await producer.end('EOF')).exit).toBe(0)
}

async function coordinatorId(): Promise<number> {
  const [state] = JSON.parse(
    await tool('consumer-groups', '--describe', '--group', GROUP, '--state', '--output', 'json'),
  )
  return state.coordinatorId
}
