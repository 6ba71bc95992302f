import { describe, expect, test } from 'vitest'
import { batchesIn, RecordBatch } from '../../src/records/batch.js'
import { buildEndTransactionMarker } from '../../src/records/control.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import type { MemoryDisk } from '../support/memory-disk.js'
import { seededRandom } from '../support/seeded-random.js'
import { aBatch, type Bench, bench, everythingIn, FROM_CLIENT, NOW, openLog } from './a-log.js'

/** A log is opened for thousands of bytes: on a machine with much else to do that takes its time. */
const LONG_MS = 240_000

const CONFIG = { segmentBytes: 500, indexIntervalBytes: 100 }
const PRODUCER = 5n

/** What somebody outside knows of the log when the disk stops. */
interface Witness {
  /** Batches in the order in which they were handed in, as they were stored. */
  readonly sent: Buffer[]
  /** Everything below it was acknowledged. */
  acknowledged: number
  recoveryPoint: number
}

/** Appends until it is done or the disk stops: several batches a tick, a transaction, rolls, epochs, an orderly end. */
function live(on: Bench, config: Parameters<typeof openLog>[1]): Witness {
  const witness: Witness = { sent: [], acknowledged: 0, recoveryPoint: 0 }
  let log: PartitionLog
  const send = (bytes: Buffer, leaderEpoch: number, origin: 'client' | 'coordinator'): void => {
    const result = log.append(bytes, { leaderEpoch, origin })
    if (result.error === undefined) witness.sent.push(Buffer.from(bytes))
  }
  try {
    log = openLog(on, config)
    log.onWritten((end) => {
      witness.acknowledged = end
      witness.recoveryPoint = log.recoveryPoint
    })
    for (let i = 0; i < 11 && log.failure === null; i++) {
      const shape = {
        producerId: PRODUCER,
        producerEpoch: 0,
        baseSequence: 2 * i,
        count: 2,
        timestamp: NOW + i,
        valueBytes: 0,
      }
      send(aBatch({ ...shape, isTransactional: i >= 3 }), i >> 2, 'client')
      if (i === 7)
        send(
          buildEndTransactionMarker({
            type: 'ABORT',
            producerId: PRODUCER,
            producerEpoch: 0,
            coordinatorEpoch: 0,
            timestamp: NOW + i,
          }),
          i >> 2,
          'coordinator',
        )
      if (i % 3 !== 0) log.flushQueued()
    }
    log.flushQueued()
    if (log.failure === null) log.close()
  } catch {
    // The disk has stopped.
  }
  return witness
}

/** Opens what is left, and checks that it holds what was acknowledged and nothing that was not sent, and that it goes on. */
function examine(left: MemoryDisk, witness: Witness, recoveryPoint: number, atLeast: number): RecordBatch[] {
  const on = bench(left)
  const log = openLog(on, { ...CONFIG, wasCleanShutdown: false, recoveryPoint })
  const batches = [...batchesIn(everythingIn(log))]
  const sent = new Set(witness.sent.map((bytes) => bytes.toString('hex')))
  for (const batch of batches) expect(sent.has(batch.bytes().toString('hex'))).toBe(true)
  expect(log.logEndOffset).toBe(Math.max(batches.at(-1)?.nextOffset ?? 0, log.segments.at(-1)!.baseOffset))
  expect(log.logEndOffset).toBeGreaterThanOrEqual(atLeast)
  expect(log.leaderEpochs.latestEpoch).toBe(batches.at(-1)?.partitionLeaderEpoch ?? -1)
  const lastSequence = batches.findLast((batch) => !batch.isControl)?.lastSequence ?? -1
  expect(log.producers.find(PRODUCER)?.lastSequence ?? -1).toBe(lastSequence)
  const { openFrom, aborted } = transactionsOf(batches)
  expect(log.producers.find(PRODUCER)?.transactionFirstOffset ?? null).toBe(openFrom)
  expect(log.abortedTransactions(0, log.logEndOffset).map((each) => each.firstOffset)).toEqual(aborted)
  for (const batch of batches) {
    expect(log.read(batch.lastOffset, 1, { endOffset: log.logEndOffset, minOneBatch: true })).toMatchObject({
      firstBatchOffset: batch.baseOffset,
    })
    expect(log.offsetForTimestamp(batch.maxTimestamp)?.offset).toBeLessThanOrEqual(batch.lastOffset)
  }
  const shape = { producerId: PRODUCER, producerEpoch: 0, baseSequence: lastSequence + 1, isTransactional: true }
  expect(log.append(aBatch(shape), { ...FROM_CLIENT, leaderEpoch: 9 })).toMatchObject({ duplicate: false })
  log.close()
  expect(log.failure).toBeNull()
  expect(openLog(on, CONFIG).logEndOffset).toBe(log.logEndOffset)
  return batches
}

function transactionsOf(batches: readonly RecordBatch[]): { openFrom: number | null; aborted: number[] } {
  let openFrom: number | null = null
  const aborted: number[] = []
  for (const batch of batches) {
    if (!batch.isControl) {
      if (batch.isTransactional) openFrom ??= batch.baseOffset
      continue
    }
    if (openFrom !== null) aborted.push(openFrom)
    openFrom = null
  }
  return { openFrom, aborted }
}

function stepsOfAWholeLife(config: Parameters<typeof openLog>[1]): number {
  const on = bench()
  live(on, config)
  return on.disk.steps
}

describe('a process that ends after any byte', () => {
  test(
    'leaves a log that holds everything acknowledged, and nothing that was not sent',
    () => {
      const steps = stepsOfAWholeLife(CONFIG)
      expect(steps).toBeGreaterThan(1000)
      for (let stop = 1; stop <= steps + 1; stop++) {
        const on = bench()
        on.disk.stopAfter(stop)
        const witness = live(on, CONFIG)
        // The checkpoint may be as new as can be, or not have been written yet.
        const recoveryPoint = stop % 2 === 0 ? witness.recoveryPoint : 0
        const found = examine(on.disk.afterKill(), witness, recoveryPoint, witness.acknowledged)
        expect(Buffer.concat(witness.sent.slice(0, found.length))).toEqual(
          Buffer.concat(found.map((each) => each.bytes())),
        )
      }
    },
    LONG_MS,
  )
})

describe('a power failure after any byte', () => {
  test('leaves everything that was acknowledged where each write is flushed', () => {
    const config = { ...CONFIG, flushMessages: 1 }
    const random = seededRandom(3)
    const steps = stepsOfAWholeLife(config)
    for (let stop = 1; stop <= steps; stop += 3) {
      const on = bench()
      on.disk.stopAfter(stop)
      const witness = live(on, config)
      const left = on.disk.afterPowerFailure((bytes) => random.int(bytes + 1))
      const found = examine(left, witness, witness.recoveryPoint, witness.acknowledged)
      expect(Buffer.concat(witness.sent.slice(0, found.length))).toEqual(
        Buffer.concat(found.map((each) => each.bytes())),
      )
    }
  })

  test('leaves it in whatever order the rest got onto the device, or holes, or names without files', () => {
    for (const flushMessages of [1, 5]) {
      // So small that segments with aborted transactions are left, and are not looked through again.
      const config = { ...CONFIG, segmentBytes: 300, flushMessages }
      const steps = stepsOfAWholeLife(config)
      for (let stop = flushMessages; stop <= steps; stop += 3) {
        const on = namedBench()
        on.disk.stopAfter(stop)
        const witness = live(on, config)
        const left = on.disk.afterHarshPowerFailure(seededRandom(stop))
        // What was written down of the recovery point may be older than what was flushed, and never newer.
        const recoveryPoint = stop % 2 === 1 ? witness.recoveryPoint : 0
        const atLeast = flushMessages === 1 ? witness.acknowledged : witness.recoveryPoint
        const found = Buffer.concat(examine(left, witness, recoveryPoint, atLeast).map((each) => each.bytes()))
        const flushed = witness.sent.filter((bytes) => new RecordBatch(bytes).nextOffset <= atLeast)
        expect(found.indexOf(Buffer.concat(flushed))).toBe(0)
      }
    }
  })

  test('leaves nothing that was not sent where nothing was flushed, however much of it', () => {
    const random = seededRandom(4)
    const steps = stepsOfAWholeLife(CONFIG)
    for (let stop = 1; stop <= steps; stop += 7) {
      for (const isHarsh of [false, true]) {
        const on = namedBench()
        on.disk.stopAfter(stop)
        const witness = live(on, CONFIG)
        const left = isHarsh
          ? on.disk.afterHarshPowerFailure(random)
          : on.disk.afterPowerFailure((bytes) => random.int(bytes + 1))
        examine(left, witness, witness.recoveryPoint, witness.recoveryPoint)
      }
    }
  })
})

/** The log directory itself is there: what made it saw to that. */
function namedBench(): Bench {
  const on = bench()
  on.disk.makeDirectory('/logs')
  on.disk.syncDirectory('/')
  return on
}
