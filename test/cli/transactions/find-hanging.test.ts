import { afterEach, beforeEach, expect, test } from 'vitest'
import { transactionsTool } from '../../../src/cli/transactions/tool.js'
import { ErrorCode } from '../../../src/protocol/errors.js'
import { DescribeProducers } from '../../../src/protocol/messages/describe-producers.js'
import { DescribeTransactions } from '../../../src/protocol/messages/describe-transactions.js'
import { FindCoordinator } from '../../../src/protocol/messages/find-coordinator.js'
import { ListTransactions } from '../../../src/protocol/messages/list-transactions.js'
import { Metadata } from '../../../src/protocol/messages/metadata.js'
import { WriteTxnMarkers } from '../../../src/protocol/messages/write-txn-markers.js'
import { runInMemory, type ToolRun } from '../../support/memory-io.js'
import { ScriptedBroker } from '../../support/scripted-broker.js'

/** And half a minute, so that it is sixty minutes however long the test takes. */
const HOUR_MS = 3_630_000
let broker: ScriptedBroker
/** By transactional id what its coordinator says. */
let known: Record<string, { producerId: bigint; partitions: number[] | null }>
let startedMsAgo: number

beforeEach(async () => {
  broker = await ScriptedBroker.start()
  known = {}
  startedMsAgo = HOUR_MS
  const node = { nodeId: 0, host: '127.0.0.1', port: broker.port }
  broker
    .on(Metadata, ({ topics }) => ({
      brokers: [node],
      controllerId: 0,
      topics: (topics ?? [{ name: 't' }]).map(({ name }) => ({
        name,
        errorCode: 0,
        partitions: [{ errorCode: 0, partitionIndex: 0, leaderId: 0, replicaNodes: [0], isrNodes: [0] }],
      })),
    }))
    .on(FindCoordinator, ({ coordinatorKeys }) => ({
      coordinators: coordinatorKeys.map((key) => ({ key, ...node, errorCode: 0, errorMessage: null })),
    }))
    .on(DescribeProducers, () => {
      const producer = { producerId: 7n, producerEpoch: 3, coordinatorEpoch: -1, currentTxnStartOffset: 42 }
      const activeProducers = [{ ...producer, lastSequence: 5, lastTimestamp: Date.now() - startedMsAgo }]
      return { topics: [{ name: 't', partitions: [{ partitionIndex: 0, errorCode: 0, activeProducers }] }] }
    })
    .on(ListTransactions, ({ producerIdFilters }) => ({
      errorCode: 0,
      unknownStateFilters: [],
      transactionStates: Object.entries(known)
        .filter(([, { producerId }]) => producerIdFilters.includes(producerId))
        .map(([transactionalId, { producerId }]) => ({ transactionalId, producerId, transactionState: 'Ongoing' })),
    }))
    .on(DescribeTransactions, ({ transactionalIds }) => ({
      transactionStates: transactionalIds.map((transactionalId) => {
        const partitions = known[transactionalId]!.partitions
        return {
          errorCode: partitions === null ? ErrorCode.TRANSACTIONAL_ID_NOT_FOUND : 0,
          transactionalId,
          transactionState: 'Ongoing',
          transactionTimeoutMs: 1000,
          transactionStartTimeMs: 1,
          producerId: 7n,
          producerEpoch: 3,
          topics: [{ topic: 't', partitions: partitions ?? [] }],
        }
      }),
    }))
    .on(WriteTxnMarkers, ({ markers }) => ({
      markers: markers.map(({ producerId, topics }) => ({
        producerId,
        topics: topics.map(({ name, partitionIndexes }) => ({
          name,
          partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex, errorCode: 0 })),
        })),
      })),
    }))
})
afterEach(() => broker.close())

const run = (...args: string[]): Promise<ToolRun> =>
  runInMemory(transactionsTool, ['--bootstrap-server', broker.address, ...args])

/** The rows below the header. */
async function hanging(...args: string[]): Promise<string[]> {
  const { exit, out, err } = await run('find-hanging', '--topic', 't', ...args)
  expect({ exit, err }).toEqual({ exit: 0, err: '' })
  return out.split('\n').slice(1, -1)
}

test.each([
  ['nobody has its id', {}],
  ['its id is known no more', { me: { producerId: 7n, partitions: null } }],
  ['its coordinator does not count the partition in', { me: { producerId: 7n, partitions: [1] } }],
])('a transaction hangs when %s', async (_, state) => {
  known = state
  const rows = await hanging()
  expect(rows).toHaveLength(1)
  expect(rows[0]!.split('\t').map((cell) => cell.trim())).toEqual([
    't',
    '0',
    '7',
    '3',
    '-1',
    '42',
    expect.any(String),
    '60',
    '',
  ])
})

test('a transaction that its coordinator will end does not hang', async () => {
  known = { me: { producerId: 7n, partitions: [0] } }
  expect(await hanging()).toEqual([])
})

test('a transaction that is younger than a transaction may get is nobody’s concern', async () => {
  startedMsAgo = 10 * 60_000
  expect(await hanging()).toEqual([])
  expect(await hanging('--max-transaction-timeout', '9')).toHaveLength(1)
})

test('without a topic or a broker nobody is asked', async () => {
  expect((await run('find-hanging')).exit).toBe(1)
  expect((await run('find-hanging', '--broker-id', '0', '--partition', '0')).err).toBe(
    'The --partition argument requires --topic to be provided\n',
  )
  expect(broker.asked).toEqual([])
})

test('an abort by start offset is for the producer whose transaction begins there', async () => {
  const { exit } = await run('abort', '--topic', 't', '--partition', '0', '--start-offset', '42')
  expect(exit).toBe(0)
  const { request } = broker.asked.find(({ name }) => name === 'WriteTxnMarkers')!
  expect(request).toMatchObject({
    markers: [{ producerId: 7n, producerEpoch: 3, coordinatorEpoch: 0, transactionResult: false }],
  })
})

test('an abort for an older broker needs epochs too', async () => {
  const abort = ['abort', '--topic', 't', '--partition', '0', '--producer-id', '7']
  expect((await run(...abort)).err).toBe('Missing required argument --producer-epoch\n')
  expect((await run(...abort, '--producer-epoch', '3')).err).toBe('Missing required argument --coordinator-epoch\n')
  expect((await run(...abort, '--producer-epoch', '3', '--coordinator-epoch', '-1')).exit).toBe(0)
})

test('a filter that the broker is too old for is told of', async () => {
  broker.on(ListTransactions, () => 'close', { min: 0, max: 0 })
  expect((await run('list', '--duration-filter', '5')).err).toMatch(
    /^Failed to list transactions: Duration filter can be set only when using API version 1 or higher\./,
  )
})
