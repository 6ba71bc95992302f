import { afterEach, expect, test } from 'vitest'
import { TestCluster } from '../support/cluster.js'
import { ClusterClient } from '../support/cluster-client.js'

const PARTITIONS = [0, 1, 2]
const ROUNDS = 6

let cluster: TestCluster
let client: ClusterClient

afterEach(async () => {
  client.close()
  await cluster.close()
})

test('brokers are killed and come back one after the other, twice each: what was acknowledged by all is there, in order, on all of them', async () => {
  cluster = await TestCluster.start(3)
  client = new ClusterClient(cluster)
  await client.create('t', { partitions: PARTITIONS.length, configs: { 'min.insync.replicas': '2' } })
  let isOver = false
  const acknowledged = await Promise.all([
    ...PARTITIONS.map(async (index) => {
      const values: string[] = []
      while (!isOver) {
        const value = `${index}-${values.length}`
        await client.send('t', value, { index })
        values.push(value)
      }
      return values
    }),
    (async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const id = round % 3
        await cluster.kill(id)
        for (const index of PARTITIONS) await client.leaderOf('t', index)
        await cluster.startBroker(id)
        for (const index of PARTITIONS) await client.untilIsr('t', [0, 1, 2], index)
      }
      isOver = true
      return []
    })(),
  ])
  for (const index of PARTITIONS) {
    const leader = await client.leaderOf('t', index)
    const found = await client.values('t', leader, index)
    // What was sent again after a timeout is there twice: such a producer is not idempotent.
    expect([...new Set(found)].slice(0, acknowledged[index]!.length)).toEqual(acknowledged[index])
    for (const id of [0, 1, 2])
      await client.until(async () => (await client.values('t', id, index)).join() === found.join() || null)
  }
}, 120_000)
