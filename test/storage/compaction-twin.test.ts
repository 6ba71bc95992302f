import { describe, expect, test } from 'vitest'
import type { Random } from '../../src/base/random.js'
import type { LogConfig } from '../../src/storage/log-config.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { seededRandom } from '../support/seeded-random.js'
import { type Bench, bench, openLog } from './a-log.js'
import { batchesOfLog, end, pair, put, recordsOf, tableOf } from './a-table.js'
import { compactNow } from './compact-now.js'

const STEPS = 300
const HOUR = 3_600_000
const CONFIG: Partial<LogConfig> = {
  cleanupPolicy: new Set(['compact']),
  minCleanableDirtyRatio: 0,
  segmentBytes: 900,
  indexIntervalBytes: 150,
  deleteRetentionMs: 5 * HOUR,
}
const CODECS = ['none', 'none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

/** What was written in one go; left out of the table once its transaction is aborted. */
interface Written {
  readonly pairs: readonly string[]
  isAborted: boolean
}

interface Producer {
  readonly id: bigint
  sequence: number
  /** What its open transaction has written; null outside one. */
  open: Written[] | null
}

/** A log that is compacted now and then, and a list of everything that was written to it. */
class Life {
  readonly on: Bench = bench()
  readonly history: Written[] = []
  readonly everything = new Set<string>()
  readonly producers: Producer[] = [10n, 11n, 12n].map((id) => ({ id, sequence: 0, open: null }))
  log: PartitionLog

  constructor(readonly random: Random) {
    this.log = openLog(this.on, CONFIG)
  }

  async step(): Promise<void> {
    const choice = this.random.int(100)
    if (choice < 40) this.write()
    else if (choice < 60) this.transact()
    else if (choice < 70) this.log.roll()
    else if (choice < 76) this.on.clock.advance(this.random.int(3 * HOUR))
    else if (choice < 80) this.reopen()
    else await this.compact()
  }

  write(): void {
    const pairs = this.pairs()
    const producer = this.producers[this.random.int(6)]
    if (producer === undefined || producer.open !== null) this.send(pairs)
    else this.send(pairs, producer)
  }

  transact(): void {
    const producer = this.producers[this.random.int(this.producers.length)]!
    if (producer.open === null || this.random.int(2) === 0) {
      producer.open = [...(producer.open ?? []), this.send(this.pairs(), producer, true)]
      return
    }
    const type = this.random.int(2) === 0 ? 'COMMIT' : 'ABORT'
    this.end(producer, type)
  }

  end(producer: Producer, type: 'COMMIT' | 'ABORT'): void {
    end(this.log, type, { producerId: producer.id, timestamp: this.on.clock.now() })
    for (const written of producer.open ?? []) written.isAborted = type === 'ABORT'
    producer.open = null
  }

  send(pairs: readonly string[], producer?: Producer, isTransactional = false): Written {
    const compression = CODECS[this.random.int(CODECS.length)]!
    const from = { producerId: producer?.id, producerEpoch: 0, baseSequence: producer?.sequence, isTransactional }
    const timestamp = this.on.clock.now()
    const offset = put(this.log, pairs, { compression, timestamp, ...(producer === undefined ? {} : from) })
    for (const [i, text] of pairs.entries()) this.everything.add(`${offset + i}:${text}`)
    if (producer !== undefined) producer.sequence += pairs.length
    const written = { pairs, isAborted: false }
    this.history.push(written)
    return written
  }

  pairs(): string[] {
    const { random } = this
    return Array.from({ length: 1 + random.int(4) }, () => {
      const key = `k${random.int(12)}`
      return random.int(4) === 0 ? key : `${key}=${random.int(1000)}`
    })
  }

  /** The last value of each key. A record counts from where it lies, not from where its transaction ends. */
  table(): Map<string, string> {
    const table = new Map<string, string>()
    for (const { pairs, isAborted } of this.history)
      if (!isAborted)
        for (const { key, value } of pairs.map(pair))
          if (value === null) table.delete(key!)
          else table.set(key!, value)
    return table
  }

  compare(): void {
    expect(new Map([...tableOf(this.log)].sort())).toEqual(new Map([...this.table()].sort()))
    for (const record of recordsOf(this.log)) expect(this.everything.has(record), record).toBe(true)
  }

  async compact(): Promise<void> {
    const { log, random } = this
    const ends = [log.logStartOffset, log.logEndOffset]
    await compactNow(log, this.on.clock.now(), random.int(2) === 0 ? 4 : undefined)
    this.compare()
    expect([log.logStartOffset, log.logEndOffset]).toEqual(ends)
    if (random.int(2) === 0) this.on.clock.advance(60_000)
  }

  reopen(): void {
    const isOrderly = this.random.int(2) === 0
    const states = this.states()
    const { cleanedOffset, recoveryPoint } = this.log
    if (isOrderly) this.log.close()
    else this.log.abandon()
    this.log = openLog(this.on, { ...CONFIG, cleanedOffset, recoveryPoint, wasCleanShutdown: isOrderly })
    this.log.updateHighWatermark(this.log.logEndOffset)
    expect(this.states()).toEqual(states)
    this.compare()
  }

  states(): unknown[] {
    return this.producers.map(({ id }) => {
      const state = this.log.producers.find(id)
      return [state?.epoch, state?.lastSequence, state?.transactionFirstOffset]
    })
  }

  /** Everything decided, everything closed, everything compacted until nothing changes any more. */
  async finish(): Promise<void> {
    for (const producer of this.producers) if (producer.open !== null) this.end(producer, 'ABORT')
    for (let round = 0; round < 4; round++) {
      this.send(['last=1'])
      this.log.roll()
      await compactNow(this.log, this.on.clock.now())
      this.on.clock.advance(6 * HOUR)
    }
    this.compare()
    const records = batchesOfLog(this.log).flatMap((batch) => (batch.isControl ? [] : [...batch.records()]))
    expect(records.map(({ key }) => String(key)).sort()).toEqual([...this.table().keys()].sort())
  }
}

describe('a log that is compacted and one that is not', () => {
  test.each(Array.from({ length: 30 }, (_, seed) => seed))('say the same of every key (seed %i)', async (seed) => {
    const life = new Life(seededRandom(seed))
    for (let step = 0; step < STEPS; step++) await life.step()
    await life.finish()
    expect(life.log.failure).toBeNull()
    life.log.close()
    expect(life.on.disk.openFiles).toBe(0)
  })
})
