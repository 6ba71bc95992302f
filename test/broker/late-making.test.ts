import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Partition } from '../../src/broker/partition.js'
import { buildBatch } from '../../src/records/builder.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { ManualClock } from '../support/manual-clock.js'

const PARTITIONS = 60

/** Each look at it takes longer than the one before: as if the disk were slow. */
class PassingClock extends ManualClock {
  override monotonicMs(): number {
    this.advance(5)
    return super.monotonicMs()
  }
}

let broker: DataPathBroker
let clock: PassingClock
afterEach(() => broker.close())

async function startWithTopic(): Promise<void> {
  clock = new PassingClock()
  broker = await DataPathBroker.start({ clock })
  broker.createTopic('many', { partitions: PARTITIONS })
}

function directories(): string[] {
  return readdirSync(join(broker.root, 'data-0')).filter((name) => name.startsWith('many-'))
}

/** Until the last is there; returns how many came in one turn at most. */
async function allMade(): Promise<number> {
  let most = 0
  for (let before = directories().length; before < PARTITIONS; ) {
    clock.advance(1)
    await new Promise((resolve) => setImmediate(resolve))
    const now = directories().length
    most = Math.max(most, now - before)
    before = now
  }
  return most
}

async function append({ log }: Partition): Promise<void> {
  const records = [{ timestamp: clock.now(), key: null, value: Buffer.from('v') }]
  log.append(buildBatch({ records }), { origin: 'client', leaderEpoch: 0 })
  log.flushQueued()
}

test('of many new partitions some have their files at once, and the others a few at a time', async () => {
  await startWithTopic()
  const atOnce = directories().length
  expect(atOnce).toBeGreaterThan(0)
  expect(atOnce).toBeLessThan(PARTITIONS / 2)
  expect([...broker.partitions.all()].every(({ isLeader }) => isLeader)).toBe(true)
  expect(await allMade()).toBeLessThan(PARTITIONS / 2)
})

test('who needs one that has no files yet has them made', async () => {
  await startWithTopic()
  const last = PARTITIONS - 1
  expect(directories()).not.toContain(`many-${last}`)
  await append(broker.partitions.find('many', last)!)
  expect(directories()).toContain(`many-${last}`)
  await allMade()
  expect(broker.partitions.find('many', last)!.log.logEndOffset).toBe(1)
})

test('a topic that is deleted before leaves what it has to be removed, and nothing of the others is made', async () => {
  await startWithTopic()
  const before = directories().length
  await append(broker.partitions.find('many', PARTITIONS - 1)!)
  broker.deleteTopic('many')
  for (let turn = 0; turn < PARTITIONS; turn++) {
    clock.advance(1)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(directories().filter((name) => !name.endsWith('-delete'))).toEqual([])
  expect(directories().length).toBeLessThanOrEqual(before + 1)
})

test('those that have no files when the broker stops or is killed have them after the next start', async () => {
  await startWithTopic()
  await append(broker.partitions.find('many', PARTITIONS - 1)!)
  await broker.stop()
  await broker.open()
  expect(directories().length).toBeLessThan(PARTITIONS)
  broker.partitions.abandon()
  await broker.stop()
  await broker.open()
  await allMade()
  expect(broker.partitions.find('many', PARTITIONS - 1)!.log.logEndOffset).toBe(1)
  expect(broker.partitions.find('many', PARTITIONS - 2)!.log.logEndOffset).toBe(0)
})
