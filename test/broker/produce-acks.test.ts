import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../support/manual-clock.js'
import { ProduceBench } from './produce-bench.js'

let on: ProduceBench

beforeEach(async () => {
  on = await ProduceBench.start()
})
afterEach(() => on.close())

describe('waiting for in-sync replicas (acks=-1)', () => {
  let clock: ManualClock

  beforeEach(async () => {
    await on.close()
    clock = new ManualClock()
    on = await ProduceBench.start({ clock })
    on.broker.createTopic('t', { replicas: [0, 1], configs: { 'min.insync.replicas': '2' } })
  })

  async function parked(): Promise<void> {
    const { timers } = clock
    while (clock.timers === timers) await new Promise(setImmediate)
  }

  test('the answer comes when they have it, and not with acks=1', async () => {
    expect((await on.produce('t', on.batch(), { acks: 1 })).errorCode).toBe(0)
    const call = on.produce('t', on.batch(), { timeoutMs: 5000 })
    await parked()
    on.broker.partitions.find('t', 0)!.followerFetched(1, 1, 0)
    on.broker.partitions.find('t', 0)!.followerFetched(1, 2, 0)
    expect(await call).toMatchObject({ errorCode: 0, baseOffset: 1 })
  })

  test('when the time is up it is 7, and what was appended stays', async () => {
    const call = on.produce('t', on.batch(), { timeoutMs: 5000 })
    await parked()
    clock.advance(5000)
    expect(await call).toMatchObject({ errorCode: 7, baseOffset: 0 })
    expect(on.broker.partitions.find('t', 0)!.log.logEndOffset).toBe(1)
    expect((await on.produce('t', on.batch(), { timeoutMs: 0 })).errorCode).toBe(7)
  })

  test('no more of them are asked for than there are replicas, whatever min.insync.replicas says', async () => {
    on.broker.createTopic('more', { replicas: [0, 1], configs: { 'min.insync.replicas': '5' } })
    const call = on.produce('more', on.batch(), { timeoutMs: 5000 })
    await parked()
    on.broker.partitions.find('more', 0)!.followerFetched(1, 1, 0)
    expect(await call).toMatchObject({ errorCode: 0, baseOffset: 0 })
    on.broker.createTopic('fewer', { replicas: [0, 1], isr: [0], configs: { 'min.insync.replicas': '5' } })
    expect(await on.produce('fewer', on.batch())).toMatchObject({ errorCode: 19 })
  })

  test('with too few of them nothing is appended (19), with too few later it is told (20)', async () => {
    const call = on.produce('t', on.batch(), { timeoutMs: 5000 })
    await parked()
    on.broker.partitions.find('t', 0)!.followerFetched(1, 1, 0)
    expect((await call).errorCode).toBe(0)
    on.broker.changePartition('t', 0, { isr: [0] })
    expect(await on.produce('t', on.batch())).toMatchObject({ errorCode: 19, baseOffset: -1, logStartOffset: -1 })
    expect((await on.produce('t', on.batch(), { acks: 1 })).errorCode).toBe(0)
  })

  test('a leader that loses its place answers 6', async () => {
    const call = on.produce('t', on.batch(), { timeoutMs: 5000 })
    await parked()
    on.broker.changePartition('t', 0, { leader: 1 })
    expect((await call).errorCode).toBe(6)
  })

  test('requests that come meanwhile are appended, and answered in order', async () => {
    const calls = [1, 2, 3].map(() => on.produce('t', on.batch(), { timeoutMs: 5000 }))
    const { log } = on.broker.partitions.find('t', 0)!
    while (log.writtenEndOffset < 3) await new Promise(setImmediate)
    on.broker.partitions.find('t', 0)!.followerFetched(1, 3, 0)
    expect((await Promise.all(calls)).map(({ baseOffset }) => baseOffset)).toEqual([0, 1, 2])
  })
})
