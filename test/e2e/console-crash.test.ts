import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ListOffsets } from '../../src/protocol/messages/list-offsets.js'
import { KillableBroker } from '../crash/killable-broker.js'
import { connectTo, createTopic } from '../flood/floods.js'
import { KlogProcess } from '../support/klog-process.js'

let directory: string
let broker: KillableBroker

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'klog-console-crash-'))
  broker = await KillableBroker.make(directory, new Map([['group.initial.rebalance.delay.ms', '0']]), () => {})
  await broker.start()
  const peer = await connectTo(broker.port)
  await createTopic(peer, 'orders')
  peer.close()
})
afterEach(async () => {
  await broker.end('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

/** How many records are there. */
async function count(): Promise<number> {
  const peer = await connectTo(broker.port)
  const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0, timestamp: -1 }] }]
  const answer = await peer.call(ListOffsets, 6, { replicaId: -1, topics })
  peer.close()
  return answer.topics[0]!.partitions[0]!.offset
}

function producer(...properties: string[]): KlogProcess {
  const own = ['linger.ms=0', ...properties].flatMap((property) => ['--command-property', property])
  return new KlogProcess([
    'console-producer',
    '--bootstrap-server',
    `127.0.0.1:${broker.port}`,
    '--topic',
    'orders',
    ...own,
  ])
}

describe('a producer whose broker is killed', () => {
  test('tells of each line that was not acknowledged, as Kafka’s does, and of none that was', async () => {
    const tool = producer('delivery.timeout.ms=2500', 'request.timeout.ms=2000')
    await tool.write('one\n')
    await expect.poll(count, { timeout: 20_000 }).toBe(1)
    await broker.end('SIGKILL')
    await tool.write('second\nthird\n')
    tool.child.stdin!.end()
    // Apache Kafka's tool ends with 0 then, too.
    const { exit, err } = await tool.end()
    expect(exit).toBe(0)
    const told = err
      .split('\n')
      .filter((line) => line.includes('Error when sending message to topic orders with key: null'))
    expect(told).toHaveLength(2)
    for (const [at, bytes] of [6, 5].entries()) {
      expect(told[at]).toContain(
        `value: ${bytes} bytes with error: org.apache.kafka.common.errors.TimeoutException: Expiring `,
      )
    }
    await broker.start()
    expect(await count()).toBe(1)
  })

  test('ends at the second Ctrl-C, when the first waits for what cannot be delivered', async () => {
    const tool = producer()
    await tool.write('one\n')
    await expect.poll(count, { timeout: 20_000 }).toBe(1)
    await broker.end('SIGKILL')
    await tool.write('two\n')
    let hasEnded = false
    const end = tool.end().finally(() => {
      hasEnded = true
    })
    // Each is heard at its own time: whoever presses it so often means it.
    while (!hasEnded) {
      tool.child.kill('SIGINT')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect((await end).exit).toBe(130)
  })
})
