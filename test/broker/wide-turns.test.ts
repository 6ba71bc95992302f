import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handlers } from '../../src/broker/handlers.js'
import { Turns } from '../../src/broker/turns.js'
import type { ScalarKind } from '../../src/protocol/schema.js'
import { madeRequest } from '../fuzz/made-request.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { ManualClock } from '../support/manual-clock.js'

/** Each look at the clock takes a quarter of a turn: so many things may be done between two turns of others. */
const LOOKS_PER_TURN = 4
const LOOK_MS = 5
/** So few that no answer is written in turns. */
const MANY = 800

class PassingClock extends ManualClock {
  override monotonicMs(): number {
    this.advance(LOOK_MS)
    return super.monotonicMs()
  }
}

class CountedTurns extends Turns {
  taken = 0

  override next(place: number): Promise<void> {
    this.taken++
    return super.next(place)
  }
}

/** Lists that may be null are. */
const EVERYTHING = ''

let broker: DataPathBroker
const turns = new CountedTurns(new PassingClock())

beforeAll(async () => {
  broker = await DataPathBroker.start({ turns })
  broker.registerBroker(0, 1)
  for (const name of ['__consumer_offsets', '__transaction_state', 'there']) broker.createTopic(name)
  while (typeof broker.groups.find('g') === 'number' || typeof broker.transactions.find('t') === 'number')
    await new Promise((resolve) => setImmediate(resolve))
})
afterAll(() => broker.close())

/** How often others had their turn before a request was answered that has many elements in one list, and one in each that is around or in it. */
async function turnsDuring(name: string, list: string, count = MANY): Promise<number> {
  const { api, versions } = handlers.find((handler) => handler.api.name === name)!
  let number = 0
  const frame = madeRequest(api, versions.max, 1, {
    clientId: 'wide',
    count: (field) => (field === list ? count : list.startsWith(`${field}.`) || field.startsWith(`${list}.`) ? 1 : 0),
    isNull: () => list === EVERYTHING,
    isTagged: () => false,
    value: (field, kind) => bytesOf(field, kind, number++),
  })
  const client = await broker.connect()
  const before = turns.taken
  client.sendFrame(frame)
  expect((await client.frame())?.readInt32BE(0)).toBe(1)
  return turns.taken - before
}

function bytesOf(field: string, kind: ScalarKind, number: number): Buffer {
  if (kind === 'string') return Buffer.from(/\.|s$/i.test(field) ? `n${number}` : 'there')
  if (kind === 'bytes' || kind === 'records') return Buffer.from('x')
  const bytes = Buffer.alloc({ boolean: 1, int8: 1, int16: 2, int32: 4, uint32: 4, uuid: 16 }[kind as string] ?? 8)
  if (kind === 'int8') bytes[0] = /isolation/.test(field) ? 0 : 2
  else if (kind === 'int16') bytes[1] = 1
  else if (bytes.length >= 4 && !/session/.test(field))
    bytes.writeInt32BE(/timeout|timestamp|wait/i.test(field) ? 1 : number, bytes.length - 4)
  return bytes
}

describe('others have their turn while a request is dealt with that has many elements', () => {
  test.each([
    ['AddPartitionsToTxn', 'transactions'],
    ['AlterConfigs', 'resources'],
    ['DeleteGroups', 'groupsNames'],
    ['DeleteRecords', 'topics'],
    ['DeleteRecords', 'topics.partitions'],
    ['DescribeConfigs', 'resources'],
    ['DescribeGroups', 'groups'],
    ['DescribeProducers', 'topics'],
    ['DescribeTransactions', 'transactionalIds'],
    ['Fetch', 'topics'],
    ['Fetch', 'topics.partitions'],
    ['FindCoordinator', 'coordinatorKeys'],
    ['IncrementalAlterConfigs', 'resources'],
    ['ListOffsets', 'topics'],
    ['ListOffsets', 'topics.partitions'],
    ['Metadata', 'topics'],
    ['OffsetCommit', 'topics'],
    ['OffsetFetch', 'groups'],
    ['OffsetForLeaderEpoch', 'topics'],
    ['OffsetForLeaderEpoch', 'topics.partitions'],
    ['Produce', 'topicData'],
    ['TxnOffsetCommit', 'topics'],
    ['WriteTxnMarkers', 'markers'],
    ['WriteTxnMarkers', 'markers.topics.partitionIndexes'],
  ])('%s of %s', async (name, list) => {
    expect(await turnsDuring(name, list)).toBeGreaterThanOrEqual(MANY / LOOKS_PER_TURN - 1)
  })
})

test('others have their turn while a long answer is written, whatever was asked', async () => {
  expect(await turnsDuring('Metadata', EVERYTHING)).toBe(0)
  for (let topic = 0; topic < 3; topic++) broker.createTopic(`large-${topic}`, { partitions: MANY, replicas: [1] })
  expect(await turnsDuring('Metadata', EVERYTHING)).toBeGreaterThanOrEqual((3 * MANY) / LOOKS_PER_TURN)
})

test('others have their turn before a long request is read, and before it is dealt with', async () => {
  expect(await turnsDuring('DescribeQuorum', 'topics', 10)).toBe(0)
  expect(await turnsDuring('DescribeQuorum', 'topics.partitions', 20_000)).toBeGreaterThanOrEqual(2)
})
