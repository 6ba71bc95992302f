import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { VirtualClock } from '../../src/base/virtual-clock.js'
import { TestCluster } from '../support/cluster.js'
import { ClusterClient } from '../support/cluster-client.js'

const DAY_MS = 24 * 60 * 60 * 1000

let cluster: TestCluster | null = null
let client: ClusterClient | null = null
afterEach(async () => {
  client?.close()
  await cluster?.close()
})

test('time that is moved for all brokers ends what is old at each of them, and none takes another for gone', async () => {
  const time = new VirtualClock(systemClock)
  // Elections would be seen in the epoch; a busy machine is to cause none by itself.
  const patient = { 'broker.session.timeout.ms': '30000', 'controller.quorum.fetch.timeout.ms': '30000' }
  cluster = await TestCluster.start(3, { ...patient, 'replica.lag.time.max.ms': '60000' }, silentLog, time)
  client = new ClusterClient(cluster)
  await client.create('t', { configs: { 'retention.ms': String(DAY_MS), 'message.timestamp.type': 'LogAppendTime' } })
  for (const value of ['one', 'two']) await client.send('t', value)
  const logs = () => cluster!.daemons.map((daemon) => [...daemon!.controlled.logs()].find(({ topic }) => topic === 't'))
  await client.until(async () => logs().every((log) => log?.highWatermark === 2))
  const epochs = () => cluster!.daemons.map((daemon) => daemon!.controlled.node!.quorum().epoch)
  const before = { epochs: epochs(), partition: await client.partition('t') }

  await time.advance(8 * DAY_MS)
  await client.until(async () => logs().every((log) => log?.logStartOffset === 2))
  expect({ epochs: epochs(), partition: await client.partition('t') }).toEqual(before)
  expect(before.partition.isrNodes.length).toBe(3)
  await client.send('t', 'three')
  await client.until(async () => logs().every((log) => log?.highWatermark === 3))
})
