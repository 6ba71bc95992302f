import { describe, expect, test } from 'vitest'
import type { Random } from '../../src/base/random.js'
import { batchesIn, type RecordBatch } from '../../src/records/batch.js'
import type { LogConfig } from '../../src/storage/log-config.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { seededRandom } from '../support/seeded-random.js'
import { aBatch, type Bench, bench, FROM_CLIENT, NOW, openLog } from './a-log.js'

const STEPS = 400
const CONFIG: Partial<LogConfig> = { segmentBytes: 5000, indexIntervalBytes: 200, segmentIndexBytes: 400 }

/** What a log should be: an array of batches. */
class Twin {
  batches: RecordBatch[] = []
  logStartOffset = 0
  logEndOffset = 0

  bytesFrom(offset: number): Buffer {
    const batches = this.batches.filter((batch) => batch.lastOffset >= offset)
    return Buffer.concat(batches.map((batch) => batch.bytes()))
  }

  firstAtOrAfter(timestamp: number): number {
    for (const batch of this.batches)
      for (const record of batch.records())
        if (record.timestamp >= timestamp && record.offset >= this.logStartOffset) return record.offset
    return -1
  }
}

/** The same random life for the log and its twin; whatever can be asked is asked of both. */
class Life {
  readonly on: Bench = bench()
  readonly twin = new Twin()
  log: PartitionLog
  #sequence = 0
  #epoch = 0

  constructor(readonly random: Random) {
    this.log = openLog(this.on, CONFIG)
  }

  step(): void {
    const choice = this.random.int(100)
    if (choice < 45) this.append()
    else if (choice < 80) this.look()
    else if (choice < 84) this.log.flushQueued()
    else if (choice < 87) this.reopen()
    else if (choice < 90) this.truncate()
    else if (choice < 93) this.deleteRecords()
    else if (choice < 95) this.log.roll()
    else if (choice < 96) this.startOver()
    else this.#epoch++
  }

  append(): void {
    const { random, twin } = this
    const count = 1 + random.int(4)
    const records = Array.from({ length: count }, () => ({
      timestamp: NOW + random.int(500),
      key: null,
      value: Buffer.alloc(random.int(20) === 0 ? 1000 : random.int(60)),
    }))
    const compression = random.int(4) === 0 ? 'gzip' : 'none'
    const bytes = aBatch({ records, compression, producerId: 1n, producerEpoch: 0, baseSequence: this.#sequence })
    const result = this.log.append(bytes, { ...FROM_CLIENT, leaderEpoch: this.#epoch })
    if (result.error !== undefined) throw new Error(result.error)
    this.#sequence += count
    twin.batches.push(...batchesIn(Buffer.from(bytes)))
    expect(result.baseOffset).toBe(twin.logEndOffset)
    twin.logEndOffset = result.lastOffset + 1
    if (random.int(3) === 0) this.log.flushQueued()
  }

  look(): void {
    this.log.flushQueued()
    const { log, twin, random } = this
    expect([log.logStartOffset, log.logEndOffset]).toEqual([twin.logStartOffset, twin.logEndOffset])
    const from = twin.logStartOffset + random.int(twin.logEndOffset - twin.logStartOffset + 1)
    const bytesMax = random.int(2500)
    const endOffset = random.int(2) === 0 ? twin.logEndOffset : from + random.int(20)
    const read = log.read(from, bytesMax, { endOffset, minOneBatch: true })
    const bytes = Buffer.concat(read.chunks)
    const expected = twin.bytesFrom(from)
    expect(bytes.equals(expected.subarray(0, bytes.length))).toBe(true)
    for (const batch of batchesIn(bytes)) expect(batch.lastOffset).toBeLessThan(endOffset)
    expect([...batchesIn(bytes)].at(-1)?.nextOffset ?? from).toBe(read.nextOffset)
    if (endOffset >= twin.logEndOffset && from < twin.logEndOffset) {
      expect(bytes.length).toBeGreaterThan(0)
      expect(log.bytesBetween(from, endOffset)).toBe(expected.length)
    }
    read.release()
    const timestamp = NOW + random.int(520)
    expect(log.offsetForTimestamp(timestamp)?.offset ?? -1).toBe(twin.firstAtOrAfter(timestamp))
    const epochs = new Map<number, number>()
    for (const batch of twin.batches) {
      const epoch = batch.partitionLeaderEpoch
      if (!epochs.has(epoch)) epochs.set(epoch, Math.max(batch.baseOffset, twin.logStartOffset))
    }
    // The epoch that covers the log start is known even where none of its records is left.
    for (const { epoch, startOffset } of log.leaderEpochs.entries)
      expect(startOffset).toBe(epochs.get(epoch) ?? twin.logStartOffset)
  }

  reopen(): void {
    const isOrderly = this.random.int(2) === 0
    this.log.flushQueued()
    if (isOrderly) this.log.close()
    else this.log.abandon()
    // Kafka writes the log start down after each change; so does the directory that a log lives in.
    const { logStartOffset } = this.twin
    this.log = openLog(this.on, {
      ...CONFIG,
      logStartOffset,
      recoveryPoint: isOrderly ? this.twin.logEndOffset : this.log.recoveryPoint,
      wasCleanShutdown: isOrderly,
    })
    expect(this.log.logEndOffset).toBe(this.twin.logEndOffset)
  }

  truncate(): void {
    const { twin, random } = this
    // To where a batch begins, as a leader's epochs tell.
    const batch = twin.batches[random.int(twin.batches.length + 1)]
    if (batch === undefined || batch.baseOffset < twin.logStartOffset) return
    this.log.truncateTo(batch.baseOffset)
    twin.batches = twin.batches.slice(0, twin.batches.indexOf(batch))
    twin.logEndOffset = batch.baseOffset
    this.#sequence = (this.log.producers.find(1n)?.lastSequence ?? -1) + 1
    this.#epoch = Math.max(this.#epoch, this.log.leaderEpochs.latestEpoch)
  }

  deleteRecords(): void {
    this.log.flushQueued()
    const { twin, random } = this
    const offset = twin.logStartOffset + random.int(twin.logEndOffset - twin.logStartOffset + 1)
    this.log.updateHighWatermark(twin.logEndOffset)
    expect(this.log.deleteRecordsTo(offset)).toBe(offset)
    twin.logStartOffset = offset
    twin.batches = twin.batches.filter((batch) => batch.lastOffset >= offset)
  }

  startOver(): void {
    const offset = this.twin.logEndOffset + this.random.int(50)
    this.log.truncateFullyAndStartAt(offset)
    this.twin.batches = []
    this.twin.logStartOffset = offset
    this.twin.logEndOffset = offset
  }
}

describe('a log and an array of batches that live the same life', () => {
  test.each(Array.from({ length: 25 }, (_, seed) => seed))('look the same from outside (seed %i)', (seed) => {
    const life = new Life(seededRandom(seed))
    for (let step = 0; step < STEPS; step++) life.step()
    life.look()
    expect(life.log.failure).toBeNull()
    life.log.close()
    expect(life.on.disk.openFiles).toBe(0)
  })
})
