import { afterEach, describe, expect, test } from 'vitest'
import { type Log, silentLog } from '../../src/base/log.js'
import { TestCluster } from '../support/cluster.js'
import { ClusterClient } from '../support/cluster-client.js'

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

/** Its replicas fetch no more, or again. */
function hold(id: number, isHeld = true): void {
  const lagMs = isHeld ? 1e9 : 0
  cluster.daemon(id).controlled.node!.setFaults({ isPaused: false, lagMs, cutFrom: [] })
}

/** Nobody reaches it, and it reaches nobody. */
function cutOff(id: number): void {
  for (const other of [0, 1, 2]) {
    const cutFrom = other === id ? [0, 1, 2].filter((each) => each !== id) : [id]
    cluster.daemon(other).controlled.node!.setFaults({ isPaused: false, lagMs: 0, cutFrom })
  }
}

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

  test('what it alone had is lost, though it was acknowledged with acks=1, and goes from its log when it is back', async () => {
    await start()
    await client.create('t', { replicas: [[0, 1, 2]] })
    await client.send('t', 'everywhere')
    cutOff(0)
    for (const value of ['lost', 'lost too'])
      expect(await client.sendTo(0, 't', value, { acks: 1 })).toMatchObject({ errorCode: 0 })
    await cluster.kill(0)
    await client.send('t', 'after')
    const leader = await client.leaderOf('t')
    const found = await client.values('t', leader)
    expect(found.filter((value) => value.startsWith('lost'))).toEqual([])
    await cluster.startBroker(0)
    await client.untilIsr('t', [0, 1, 2])
    await client.until(async () => (await client.values('t', 0)).join() === found.join() || null)
    expect(lines.filter((line) => line.startsWith('Truncated t-0'))).toEqual([
      `Truncated t-0 from 3 to 1: broker ${leader} leads in epoch 1 without that`,
    ])
  })
})

describe('in-sync replicas', () => {
  test('who falls behind leaves them, and comes back when it has caught up', async () => {
    await start({ 'replica.lag.time.max.ms': '400' })
    await client.create('t', { replicas: [[0, 1, 2]], configs: { 'min.insync.replicas': '2' } })
    const sent: string[] = []
    const sendUntil = async (isEnough: () => Promise<boolean>): Promise<void> => {
      while (!(await isEnough())) {
        const value = `v${sent.length}`
        if ((await client.sendTo(0, 't', value, { timeoutMs: 1000 })).errorCode !== 19) sent.push(value)
      }
    }
    // A fetch that waits at the leader already is held no more.
    hold(2)
    await sendUntil(async () => (await client.isr('t')).join() === '0,1')
    hold(1)
    await sendUntil(async () => (await client.isr('t')).join() === '0')
    expect(await client.sendTo(0, 't', 'refused')).toMatchObject({ errorCode: 19 })
    expect(await client.sendTo(0, 't', 'with acks=1', { acks: 1 })).toMatchObject({ errorCode: 0 })
    expect(await client.values('t', 0)).not.toContain('with acks=1')
    hold(1, false)
    hold(2, false)
    await client.untilIsr('t', [0, 1, 2])
    const all = [...sent, 'with acks=1'].join()
    for (const id of [0, 1, 2]) await client.until(async () => (await client.values('t', id)).join() === all || null)
  })
})

describe('when all brokers are gone', () => {
  test.each(['killed', 'stopped in order'])(
    '%s: everything that was acknowledged is there when they are back',
    async (how) => {
      await start()
      await client.create('t', { partitions: 3, configs: { 'min.insync.replicas': '2' } })
      for (let i = 0; i < 30; i++) await client.send('t', `v${i}`, { index: i % 3 })
      if (how === 'killed') await Promise.all([0, 1, 2].map((id) => cluster.kill(id)))
      else {
        for (const id of [0, 1, 2]) cluster.daemon(id).controlled.node!.goWithAll()
        await Promise.all([0, 1, 2].map((id) => cluster.stop(id)))
      }
      await Promise.all([0, 1, 2].map((id) => cluster.startBroker(id)))
      for (const index of [0, 1, 2]) {
        await client.untilIsr('t', [0, 1, 2], index)
        const expected = Array.from({ length: 10 }, (_, i) => `v${i * 3 + index}`).join()
        for (const id of [0, 1, 2])
          await client.until(async () => (await client.values('t', id, index)).join() === expected || null)
      }
      expect(lines.filter((line) => line.includes('does not belong') || line.includes('setting it aside'))).toEqual([])
    },
  )
})
