import { afterEach, expect, test } from 'vitest'
import type { Peer } from '../../src/net/peer.js'
import { OffsetCommit } from '../../src/protocol/messages/offset-commit.js'
import { OffsetFetch } from '../../src/protocol/messages/offset-fetch.js'
import type { Disk } from '../../src/storage/disk.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { MemoryDisk } from '../support/memory-disk.js'
import { seededRandom } from '../support/seeded-random.js'
import { readCommitted, TransactionClient } from '../support/transaction-client.js'

/** A step is a byte: every one of them would take a while. */
const STRIDE = 61
const TRANSACTIONS = 2
/** The end of the last transaction is still under way. */
const CONCURRENT_TRANSACTIONS = 51
const ALONE = 'alone'
const TOGETHER = 'together'

let broker: DataPathBroker
let disk: MemoryDisk
afterEach(() => broker.close())

/** Whatever disk there is at the time. */
const anyDisk = new Proxy({} as Disk, {
  get:
    (_, name: keyof Disk) =>
    (...args: unknown[]) =>
      (disk[name] as (...args: unknown[]) => unknown)(...args),
})

/** What has been answered by the time that the disk stops. */
interface Answered {
  /** Values of transactions whose commit was answered. */
  readonly committed: string[]
  /** The value that was to be committed, or is for all that its client knows. */
  perhaps: string | null
  /** Committed by itself, not in a transaction. */
  offset: number
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function prepare(): Promise<void> {
  disk = new MemoryDisk()
  const settings = { 'log.flush.interval.messages': '1' }
  broker = await DataPathBroker.start({ disk: anyDisk, settings })
  broker.apply({ type: 'FeatureLevel', name: 'transaction.version', featureLevel: 2 })
  for (const topic of ['__transaction_state', '__consumer_offsets', 't']) broker.createTopic(topic)
  await loaded()
}

async function loaded(): Promise<void> {
  const peer = await broker.peer()
  while (broker.transactions.find('a') === 14) await turn()
  while ((await offsetOf(peer, ALONE)) === null) await turn()
}

/** Null as long as the coordinator has not read its log, or a transaction is not over; -1 where nothing was committed. */
async function offsetOf(peer: Peer, groupId: string): Promise<number | null> {
  const topics = [{ name: 't', partitionIndexes: [0] }]
  const { errorCode, topics: answers } = await peer.call(OffsetFetch, 7, { groupId, topics, requireStable: true })
  const one = answers[0]?.partitions[0]
  return errorCode !== 0 || one === undefined || one.errorCode !== 0 ? null : one.committedOffset
}

/** Commits what it sends, and how far it has come, as long as it is answered well. */
async function live(answered: Answered): Promise<void> {
  const peer = await broker.peer()
  const client = await new TransactionClient(peer, 'a').start()
  for (let at = 1; at <= TRANSACTIONS; at++) {
    const value = `value ${at}`
    let sent = await client.send('t', value)
    while (sent.errorCode === CONCURRENT_TRANSACTIONS) sent = await client.send('t', value)
    if (sent.errorCode !== 0 || (await client.commitOffset(TOGETHER, 't', at)) !== 0) return
    answered.perhaps = value
    await client.finish(true)
    answered.committed.push(value)
    answered.perhaps = null
    const partitions = [{ partitionIndex: 0, committedOffset: at, committedMetadata: '' }]
    const { topics } = await peer.call(OffsetCommit, 8, {
      groupId: ALONE,
      memberId: '',
      topics: [{ name: 't', partitions }],
    })
    if (topics[0]!.partitions[0]!.errorCode !== 0) return
    answered.offset = at
  }
}

/** Lets clients go on until the disk stops after so many steps, or they are done. What had been answered by then. */
async function liveUntil(steps: number): Promise<Answered & { readonly isOver: boolean }> {
  const answered: Answered = { committed: [], perhaps: null, offset: -1 }
  const at = (isOver: boolean) => ({ ...answered, committed: [...answered.committed], isOver })
  const stopped = new Promise<ReturnType<typeof at>>((resolve) => {
    disk.onStop = () => resolve(at(false))
  })
  disk.stopAfter(steps)
  const lived = live(answered).then(
    () => at(true),
    () => stopped,
  )
  return Promise.race([lived, stopped])
}

/** What is there once everything that was open is decided. */
async function examine(answered: Answered, when: string): Promise<void> {
  await loaded()
  const peer = await broker.peer()
  await new TransactionClient(peer, 'a').start()
  let together = await offsetOf(peer, TOGETHER)
  while (together === null) together = await offsetOf(peer, TOGETHER)
  const { values } = await readCommitted(peer, 't')
  const all = answered.perhaps === null ? answered.committed : [...answered.committed, answered.perhaps]
  expect([answered.committed, all], when).toContainEqual(values)
  // The offset was committed in the same transactions, or was not.
  expect(together, when).toBe(values.length === 0 ? -1 : values.length)
  expect([answered.offset, answered.offset < 0 ? 1 : answered.offset + 1], when).toContain(await offsetOf(peer, ALONE))
}

test('wherever the disk stops, and whether or not the power goes too, transactions and offsets that were committed are, whole', async () => {
  let stops = 0
  for (let steps = 1; ; steps += STRIDE) {
    await prepare()
    const { isOver, ...answered } = await liveUntil(steps)
    disk.stopAfter(0)
    await broker.stop()
    const isPowerGone = stops++ % 2 === 1
    disk = isPowerGone ? disk.afterHarshPowerFailure(seededRandom(steps)) : disk.afterKill()
    await broker.open()
    await examine(answered, `after ${steps}${isPowerGone ? ' without power' : ''}`)
    if (isOver) break
    await broker.close()
  }
  expect(stops).toBeGreaterThan(20)
})
