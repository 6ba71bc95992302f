import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { MalformedBytes } from '../../src/bytes/malformed.js'
import type { StateRecord } from '../../src/coordination/effects.js'
import { batchesIn, type LogRecord } from '../../src/records/batch.js'
import { parseRecord, stateRecord, tombstone } from '../../src/transaction/records.js'
import { replay } from '../../src/transaction/replay.js'
import type { Standing } from '../../src/transaction/transaction.js'
import { Transactions } from '../../src/transaction/transactions.js'

const golden = join(import.meta.dirname, '../golden')
const LOGS = ['log/data/__transaction_state-0', 'log/data/__transaction_state-1']

describe('a coordinator that takes over from Apache Kafka', () => {
  test.each(LOGS)('knows the transactions that %s tells of', (name) => {
    const transactions = new Transactions(CONFIG, 0)
    for (const { key, value } of recordsOf(name)) expect(replay(transactions, { key: key!, value })).toBeNull()
    const shown = Object.fromEntries([...transactions].map(({ id, standing }) => [id, asDumped(standing)]))
    expect(shown).toEqual(lastDumped(name))
  })
})

describe('what a coordinator writes', () => {
  test.each(LOGS)('has the bytes that Apache Kafka wrote in %s', (name) => {
    const recorded = recordsOf(name).map(({ key, value }) => ({ key: key!, value }))
    expect(recorded.map((record) => inHex(rewritten(record, 2)))).toEqual(recorded.map(inHex))
  })

  test('has the bytes of every shape of record that Apache Kafka writes', () => {
    for (const { key, value, version } of shapes())
      expect(inHex(rewritten({ key, value }, version))).toEqual(inHex({ key, value }))
  })
})

describe('a record of the log', () => {
  test('says what the dump of Apache Kafka says, in every shape', () => {
    const read = shapes().map(({ key, value }) => {
      const record = parseRecord(key, value)
      if (record.type === 'unknown' || record.standing === null) throw new Error('not a transaction')
      return { transactionalId: record.transactionalId, shown: asDumped(record.standing) }
    })
    expect(read).toEqual(shapes().map(({ transactionalId, shown }) => ({ transactionalId, shown })))
  })

  const [first] = recordsOf(LOGS[0]!)
  const key = first!.key!
  const value = first!.value!

  test('with a key of another type is passed over', () => {
    const other = Buffer.from([0, 7, 0, 0])
    expect(replay(new Transactions(CONFIG, 0), { key: other, value })).toBe(7)
  })

  test('is refused with a value of a later version', () => {
    const later = Buffer.from(value)
    later.writeInt16BE(2, 0)
    expect(() => parseRecord(key, later)).toThrow(MalformedBytes)
  })

  test.each([6, 7, 8, -1])('is refused in state %i, which is never written', (state) => {
    const strange = Buffer.from(value)
    strange.writeInt8(state, 2 + 8 + 2 + 4)
    expect(() => parseRecord(key, strange)).toThrow(new MalformedBytes(`transaction state ${state}`))
  })

  test('is refused wherever its bytes end too early', () => {
    for (let end = 0; end < value.length; end++) {
      expect(() => parseRecord(key, value.subarray(0, end)), `${end} bytes`).toThrow(MalformedBytes)
    }
    for (let end = 0; end < key.length; end++) {
      expect(() => parseRecord(key.subarray(0, end), value), `${end} bytes`).toThrow(MalformedBytes)
    }
  })
})

const CONFIG = {
  timeoutMsMax: 900_000,
  idExpirationMs: 604_800_000,
  isTwoPhaseCommitEnabled: false,
  transactionVersion: 2,
}

function recordsOf(name: string): LogRecord[] {
  const bytes = readFileSync(join(golden, name, '00000000000000000000.log'))
  return [...batchesIn(bytes)].flatMap((batch) => [...batch.records()])
}

interface Shape {
  readonly key: Buffer
  readonly value: Buffer
  readonly transactionalId: string
  readonly version: number
  readonly shown: unknown
}

function shapes(): Shape[] {
  const lines = readFileSync(join(golden, 'transaction-state/records.jsonl'), 'utf8').trimEnd().split('\n')
  return lines.map((line) => {
    const { key, value, ...rest } = JSON.parse(line)
    return { key: Buffer.from(key, 'hex'), value: Buffer.from(value, 'hex'), ...rest }
  })
}

function rewritten({ key, value }: StateRecord, transactionVersion: number): StateRecord {
  const parsed = parseRecord(key, value)
  if (parsed.type === 'unknown') throw new Error(`key type ${parsed.keyType}`)
  const { transactionalId, standing } = parsed
  return standing === null ? tombstone(transactionalId) : stateRecord(transactionalId, standing, transactionVersion)
}

const inHex = ({ key, value }: StateRecord): unknown => ({
  key: key.toString('hex'),
  value: value?.toString('hex') ?? null,
})

/** As `kafka-dump-log --transaction-log-decoder` shows it, which leaves out tags at their default. */
function asDumped(standing: Standing): unknown {
  return {
    producerId: Number(standing.producerId),
    ...(standing.previousProducerId !== -1n && { previousProducerId: Number(standing.previousProducerId) }),
    ...(standing.nextProducerId !== -1n && { nextProducerId: Number(standing.nextProducerId) }),
    producerEpoch: standing.producerEpoch,
    transactionTimeoutMs: standing.timeoutMs,
    transactionStatus: STATE_NUMBERS[standing.state],
    transactionPartitions:
      standing.state === 'Empty'
        ? null
        : standing.partitions.byTopic().map(({ topic, partitions }) => ({ topic, partitionIds: partitions })),
    transactionLastUpdateTimestampMs: standing.lastUpdateMs,
    transactionStartTimestampMs: standing.startMs,
    ...(standing.transactionVersion !== 0 && { clientTransactionVersion: standing.transactionVersion }),
  }
}

const STATE_NUMBERS: Record<string, number> = {
  Empty: 0,
  Ongoing: 1,
  PrepareCommit: 2,
  PrepareAbort: 3,
  CompleteCommit: 4,
  CompleteAbort: 5,
}

function lastDumped(name: string): Record<string, unknown> {
  const topic = name.split('/').at(-1)!
  const { files } = JSON.parse(readFileSync(join(golden, `log/dump-all/${topic}.json`), 'utf8'))
  const lines = Object.entries<string[]>(files).find(([path]) => path.endsWith('.log'))![1]
  const last: Record<string, unknown> = {}
  for (const line of lines) {
    const found = / key: (\{.*\}) payload: (.*)$/.exec(line)
    if (found === null) continue
    const { transactionalId } = JSON.parse(found[1]!).data
    if (found[2] === '<DELETE>') delete last[transactionalId]
    else last[transactionalId] = JSON.parse(found[2]!).data
  }
  return last
}
