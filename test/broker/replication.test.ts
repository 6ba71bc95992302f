import { afterEach, describe, expect, test } from 'vitest'
import { type Log, silentLog } from '../../src/base/log.js'
import { TestCluster } from '../support/cluster.js'
import { ClusterClient } from '../support/replicated-topic.js'

let cluster: TestCluster
let client: ClusterClient
const lines: string[] = []
const keep = (line: string): void => void lines.push(line)
const log: Log = { ...silentLog, info: keep, warn: keep, error: keep, named: () => log }

async function start(settings: Record<string, string> = {}): Promise<void> {
  lines.length = 0
  cluster = await TestCluster.start(3, settings, log)
  client = new ClusterClient(cluster)
}

afterEach(async () => {
  client.close()
  await cluster.close()
})

describe('while all brokers are there', () => {
  test('a record that is acknowledged by all is on every broker, and committed there soon', async () => {
    await start()
    await client.create('t', { partitions: 3 })
    for (const index of [0, 1, 2]) {
      await client.send('t', `a${index}`, { index })
      for (const id of [0, 1, 2])
        await client.until(async () => (await client.values('t', id, index)).join() === `a${index}` || null)
    }
  })
})

describe('when a leader is killed', () => {
  test('another leads, and nothing that was acknowledged by all is lost', async () => {
    await start()
    await client.create('t', { replicas: [[0, 1, 2]], configs: { 'min.insync.replicas': '2' } })
    const sent: string[] = []
    for (let i = 0; i < 50; i++) {
      if (i === 25) await cluster.kill(0)
      await client.send('t', `v${i}`)
      sent.push(`v${i}`)
    }
    const leader = await client.leaderOf('t')
    expect(leader).not.toBe(0)
    const found = await client.values('t', leader)
    expect([...new Set(found)]).toEqual(sent)
    await cluster.startBroker(0)
    await client.untilIsr('t', [0, 1, 2])
    await client.until(async () => (await client.values('t', 0)).join() === found.join() || null)
  })
})
