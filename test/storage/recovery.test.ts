import { describe, expect, test } from 'vitest'
import { batchesIn } from '../../src/records/batch.js'
import { buildEndTransactionMarker } from '../../src/records/control.js'
import { segmentFileName } from '../../src/storage/file-names.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { append, type Bench, bench, DIRECTORY, everythingIn, NOW, openLog } from './a-log.js'

const CONFIG = { segmentBytes: 400, indexIntervalBytes: 100 }
const BATCHES = 12
const PRODUCER = { producerId: 5n, producerEpoch: 0 }

const path = (baseOffset: number, suffix: 'log' | 'index' | 'timeindex' | 'txnindex' | 'snapshot'): string =>
  `${DIRECTORY}/${segmentFileName(baseOffset, suffix)}`

/** A log of twelve batches of one record in three segments, closed in order; and its bytes. */
function aClosedLog(): { on: Bench; bytes: Buffer; bases: number[] } {
  const on = bench()
  const log = openLog(on, CONFIG)
  for (let i = 0; i < BATCHES; i++)
    append(log, { ...PRODUCER, baseSequence: i, timestamp: NOW + i }, { leaderEpoch: i >> 2 })
  const bytes = everythingIn(log)
  const bases = log.segments.map((segment) => segment.baseOffset)
  log.close()
  expect(bases.length).toBe(3)
  return { on, bytes, bases }
}

function change(on: Bench, file: string, act: (bytes: Buffer) => Buffer): void {
  on.disk.put(file, act(on.disk.readFile(file)!))
}

/** What is left of a log is its beginning, and everything kept beside it agrees. */
function expectBeginning(log: PartitionLog, bytes: Buffer, endOffset: number): void {
  const batches = [...batchesIn(bytes)].slice(0, endOffset)
  expect(log.logEndOffset).toBe(endOffset)
  expect(everythingIn(log).equals(Buffer.concat(batches.map((batch) => batch.bytes())))).toBe(true)
  expect(log.producers.find(5n)?.lastSequence ?? -1).toBe(endOffset - 1)
  expect(log.leaderEpochs.latestEpoch).toBe(endOffset === 0 ? -1 : (endOffset - 1) >> 2)
  for (let offset = 0; offset < endOffset; offset++) {
    expect(log.offsetForTimestamp(NOW + offset)?.offset).toBe(offset)
    expect(log.read(offset, 1, { endOffset, minOneBatch: true }).firstBatchOffset).toBe(offset)
  }
}

function endTransaction(log: PartitionLog, type: 'COMMIT' | 'ABORT'): void {
  const marker = { type, ...PRODUCER, coordinatorEpoch: 0, timestamp: NOW }
  log.append(buildEndTransactionMarker(marker), { leaderEpoch: 0, origin: 'coordinator' })
  log.flushQueued()
  log.updateHighWatermark(log.logEndOffset)
}

describe('after a stop that was not orderly', () => {
  const reopen = (on: Bench, more = {}): PartitionLog => openLog(on, { ...CONFIG, wasCleanShutdown: false, ...more })

  test('a file that lacks its last byte loses its last batch', () => {
    const { on, bytes, bases } = aClosedLog()
    change(on, path(bases[2]!, 'log'), (log) => log.subarray(0, log.length - 1))
    expectBeginning(reopen(on), bytes, BATCHES - 1)
    expect(on.log.lines.join('\n')).toContain(`truncating to offset ${BATCHES - 1}`)
  })

  test('zeros from the magic of a batch on do not make it one of an old format', () => {
    const { on, bytes, bases } = aClosedLog()
    const sizes = [...batchesIn(bytes)].map((batch) => batch.sizeBytes)
    change(on, path(bases[2]!, 'log'), (log) => log.fill(0, log.length - sizes.at(-1)! + 12))
    expectBeginning(reopen(on), bytes, BATCHES - 1)
  })

  test('a changed byte ends the log before its batch; later segments go too', () => {
    for (const index of [0, 1, 2]) {
      const { on, bytes, bases } = aClosedLog()
      change(on, path(bases[index]!, 'log'), (log) => {
        log[log.length - 20]! ^= 1
        return log
      })
      const end = (bases[index + 1] ?? BATCHES) - 1
      expectBeginning(reopen(on), bytes, end)
      for (const later of bases.slice(index + 1)) expect(on.disk.stat(path(later, 'log'))).toBeNull()
    }
  })

  test('every byte of a batch is checked', () => {
    const { on, bytes, bases } = aClosedLog()
    const whole = on.disk.readFile(path(bases[2]!, 'log'))!
    const size = [...batchesIn(whole)][0]!.sizeBytes
    for (let at = whole.length - size; at < whole.length; at++) {
      // Nothing covers the leader epoch, and the offset as far as there may be gaps.
      const inBatch = at - (whole.length - size)
      if ((inBatch >= 4 && inBatch < 8) || (inBatch >= 12 && inBatch < 16)) continue
      const changed = Buffer.from(whole)
      changed[at]! ^= 0x40
      const copy = { ...on, disk: on.disk.afterKill() }
      copy.disk.put(path(bases[2]!, 'log'), changed)
      expectBeginning(reopen(copy), bytes, BATCHES - 1)
    }
  })

  test('garbage and zeroes at the end are cut off', () => {
    for (const tail of [
      Buffer.alloc(5),
      Buffer.alloc(300),
      Buffer.alloc(300, 0xff),
      Buffer.from('not a batch'.repeat(20)),
    ]) {
      const { on, bytes, bases } = aClosedLog()
      change(on, path(bases[2]!, 'log'), (log) => Buffer.concat([log, tail]))
      expectBeginning(reopen(on), bytes, BATCHES)
      expect(on.disk.stat(path(bases[2]!, 'log'))!.sizeBytes).toBeLessThan(400)
    }
  })

  test('batches that step back in offsets are cut off', () => {
    const { on, bytes, bases } = aClosedLog()
    change(on, path(bases[2]!, 'log'), (log) => Buffer.concat([log, bytes.subarray(0, 80)]))
    expectBeginning(reopen(on), bytes, BATCHES)
  })

  test('a deleted index is built again', () => {
    for (const suffix of ['index', 'timeindex'] as const) {
      const { on, bytes, bases } = aClosedLog()
      const before = bases.map((base) => on.disk.readFile(path(base, suffix))!)
      for (const base of bases) on.disk.remove(path(base, suffix))
      const log = reopen(on)
      expectBeginning(log, bytes, BATCHES)
      log.close()
      expect(bases.map((base) => on.disk.readFile(path(base, suffix))!)).toEqual(before)
    }
  })

  test('indexes at full length with zeroes behind the last entry, as Apache Kafka leaves them, are cut to size', () => {
    const { on, bytes, bases } = aClosedLog()
    const before = on.disk.contents()
    change(on, path(bases[2]!, 'index'), (index) => Buffer.concat([index, Buffer.alloc(1024 - index.length)]))
    change(on, path(bases[2]!, 'timeindex'), (index) => Buffer.concat([index, Buffer.alloc(1020 - index.length)]))
    const log = reopen(on)
    expectBeginning(log, bytes, BATCHES)
    log.close()
    expect(on.disk.contents()).toEqual(before)
  })

  test('only segments that the recovery point does not cover are looked through', () => {
    const { on, bases } = aClosedLog()
    change(on, path(bases[0]!, 'log'), (log) => {
      log[70]! ^= 1
      return log
    })
    const log = reopen(on, { recoveryPoint: bases[1] })
    expect(log.logEndOffset).toBe(BATCHES)
    const limits = { endOffset: BATCHES, minOneBatch: true }
    expect(() => log.read(0, 1000, limits)).toThrow('checksum')
    expect(log.read(1, 10_000, limits).firstBatchOffset).toBe(1)
  })

  test('a snapshot that cannot be trusted is thrown away, and an older one or the log itself is read', () => {
    const { on, bytes, bases } = aClosedLog()
    for (const base of [...bases.slice(1), BATCHES])
      change(on, path(base, 'snapshot'), (snapshot) => {
        snapshot[20]! ^= 1
        return snapshot
      })
    expectBeginning(reopen(on), bytes, BATCHES)
    expect(on.disk.stat(path(BATCHES, 'snapshot'))).toBeNull()
  })

  test('a snapshot that is newer than the log is thrown away', () => {
    const { on, bytes, bases } = aClosedLog()
    on.disk.remove(path(bases[2]!, 'log'))
    expectBeginning(reopen(on), bytes, bases[2]!)
    expect(on.disk.stat(path(BATCHES, 'snapshot'))).toBeNull()
  })

  test('a missing or torn epoch file is built again from the batches', () => {
    for (const torn of [null, '0\n3\n0 0\n1 4\n2 ', '', 'x']) {
      const { on, bytes } = aClosedLog()
      if (torn === null) on.disk.remove(`${DIRECTORY}/leader-epoch-checkpoint`)
      else on.disk.put(`${DIRECTORY}/leader-epoch-checkpoint`, Buffer.from(torn))
      expectBeginning(reopen(on), bytes, BATCHES)
      expect(on.disk.readFile(`${DIRECTORY}/leader-epoch-checkpoint`)!.toString()).toBe('0\n3\n0 0\n1 4\n2 8\n')
    }
  })

  test('what ended below the high watermark that was written down is decided', () => {
    const on = bench()
    const before = openLog(on)
    append(before, { producerId: 1n, producerEpoch: 0, baseSequence: 0, isTransactional: true })
    const marker = { type: 'COMMIT', producerId: 1n, producerEpoch: 0, coordinatorEpoch: 0, timestamp: NOW } as const
    before.append(buildEndTransactionMarker(marker), { leaderEpoch: 0, origin: 'coordinator' })
    before.flushQueued()
    before.abandon()
    const log = openLog(on, { wasCleanShutdown: false, highWatermark: 2 })
    expect(log.lastStableOffset).toBe(2)
  })

  test('an empty directory, and an empty file, are an empty log at its log start', () => {
    const on = bench()
    expect(reopen(on, { logStartOffset: 40 })).toMatchObject({ logStartOffset: 40, logEndOffset: 40 })
    const other = bench()
    other.disk.put(path(7, 'log'), Buffer.alloc(0))
    expect(reopen(other)).toMatchObject({ logStartOffset: 7, logEndOffset: 7 })
  })

  test('a log that ends before its log start begins anew there', () => {
    const { on } = aClosedLog()
    const log = reopen(on, { logStartOffset: 100 })
    expect(log).toMatchObject({ logStartOffset: 100, logEndOffset: 100, sizeBytes: 0 })
    expect(log.producers.size).toBe(0)
    expect(append(log)).toBe(100)
    log.close()
    expect(on.disk.list(DIRECTORY)!.filter((name) => name.endsWith('.log'))).toEqual([segmentFileName(100, 'log')])
  })
})

describe('after an orderly stop', () => {
  const OTHERS = 'they are not those of its batches'

  test('nothing is read but the end of the last segment', () => {
    const { on, bases } = aClosedLog()
    change(on, path(bases[0]!, 'log'), (log) => log.fill(0xee))
    change(on, path(bases[1]!, 'log'), (log) => log.fill(0xee))
    const before = on.disk.contents()
    const log = openLog(on, CONFIG)
    expect(log.logEndOffset).toBe(BATCHES)
    log.close()
    expect(on.disk.contents()).toEqual(before)
  })

  test('a last segment that does not end with a batch is recovered all the same', () => {
    const { on, bytes, bases } = aClosedLog()
    change(on, path(bases[2]!, 'log'), (log) => log.subarray(0, log.length - 1))
    expectBeginning(openLog(on, CONFIG), bytes, BATCHES - 1)
  })

  test('missing, cut and zeroed indexes of any segment are noticed when they are used', () => {
    const damages: [string, (bytes: Buffer) => Buffer | null][] = [
      ['missing', () => null],
      ['cut', (bytes) => bytes.subarray(0, bytes.length - 1)],
      ['zeroed', (bytes) => Buffer.alloc(bytes.length)],
      ['zeroed behind', (bytes) => Buffer.concat([bytes, Buffer.alloc(240)])],
      ['pointing beyond the log', (bytes) => Buffer.alloc(bytes.length, 0x7f)],
    ]
    for (const suffix of ['index', 'timeindex'] as const)
      for (const [name, damage] of damages) {
        const { on, bytes, bases } = aClosedLog()
        for (const base of bases) {
          const damaged = damage(on.disk.readFile(path(base, suffix))!)
          if (damaged === null) on.disk.remove(path(base, suffix))
          else on.disk.put(path(base, suffix), damaged)
        }
        const log = openLog(on, CONFIG)
        if (!(suffix === 'timeindex' && name === 'pointing beyond the log')) expectBeginning(log, bytes, BATCHES)
        expect(log.logEndOffset).toBe(BATCHES)
      }
  })

  test('the index of another segment is noticed when it is used, and that is told', () => {
    for (const suffix of ['index', 'timeindex'] as const)
      for (const [from, to] of [
        [0, 1],
        [1, 2],
        [2, 0],
      ] as const) {
        const { on, bytes, bases } = aClosedLog()
        const [own, other] = [bases[to]!, bases[from]!].map((base) => on.disk.readFile(path(base, suffix))!)
        on.disk.put(path(bases[to]!, suffix), other!)
        expectBeginning(openLog(on, CONFIG), bytes, BATCHES)
        // Batches of the same sizes lie at the same positions in each segment: what is said of them is right.
        const isRight = own!.subarray(0, other!.length).equals(other!)
        const told = `Building the indexes of ${path(bases[to]!, 'log')} again: ${OTHERS}`
        expect(on.log.lines).toEqual(isRight ? [] : [told])
      }
  })

  test.each([
    ['of another segment', (_: Buffer, other: Buffer) => other],
    ['cut short', (own: Buffer) => own.subarray(0, own.length - 1)],
    ['of zeros', (own: Buffer) => Buffer.alloc(own.length)],
    ['of a later version', (own: Buffer) => Buffer.concat([Buffer.from([0, 1]), own.subarray(2)])],
  ])('an index of aborted transactions that is %s is built again, and that is told', (_, damage) => {
    const on = bench()
    const log = openLog(on, CONFIG)
    for (let i = 0; i < 8; i++) {
      append(log, { ...PRODUCER, baseSequence: i, isTransactional: true })
      endTransaction(log, i % 3 === 1 ? 'COMMIT' : 'ABORT')
    }
    const aborted = log.abortedTransactions(0, log.logEndOffset)
    expect(aborted).toHaveLength(5)
    const [first, second] = log.segments.map(({ baseOffset }) => path(baseOffset, 'txnindex'))
    log.close()
    change(on, second!, (own) => damage(own, on.disk.readFile(first!)!))
    const again = openLog(on, CONFIG)
    expect(again.abortedTransactions(0, again.logEndOffset)).toEqual(aborted)
    expect(again.producers.find(5n)).toMatchObject({ lastSequence: 7, transactionFirstOffset: null })
    expect(on.log.lines).toEqual([expect.stringMatching(/^Building .*\.txnindex again: it has /)])
    again.close()
    expect(openLog(on, CONFIG).abortedTransactions(0, 16)).toEqual(aborted)
    expect(on.log.lines).toHaveLength(1)
  })

  test('batches before one whose checksum is wrong are read, and those after it', () => {
    const { on, bases } = aClosedLog()
    change(on, path(bases[0]!, 'log'), (log) => {
      const second = log.readInt32BE(8) + 12
      log[second + 70]! ^= 1
      return log
    })
    const log = openLog(on, CONFIG)
    const limits = { endOffset: BATCHES, minOneBatch: true }
    for (let i = 0; i < 2; i++) {
      expect(log.read(0, 10_000, limits).nextOffset).toBe(1)
      expect(() => log.read(1, 10_000, limits)).toThrow('checksum')
      expect(log.read(2, 10_000, limits).firstBatchOffset).toBe(2)
    }
  })

  test('a missing epoch file is built again from the batches', () => {
    const { on, bytes } = aClosedLog()
    on.disk.remove(`${DIRECTORY}/leader-epoch-checkpoint`)
    expectBeginning(openLog(on, CONFIG), bytes, BATCHES)
  })
})

describe('files that were left over', () => {
  const reopen = (on: Bench): PartitionLog => openLog(on, { ...CONFIG, wasCleanShutdown: false })
  const names = (on: Bench): string[] => on.disk.list(DIRECTORY)!.sort()

  test('deleted, cleaned and temporary ones, and indexes without a segment, are removed', () => {
    const { on, bytes } = aClosedLog()
    const before = names(on)
    for (const name of [
      '00000000000000000000.log.deleted',
      '00000000000000000004.index.deleted',
      '00000000000000000000.log.cleaned',
      '00000000000000000000.timeindex.cleaned',
      'leader-epoch-checkpoint.tmp',
      '00000000000000000777.index',
      '00000000000000000777.timeindex',
      '00000000000000000777.txnindex',
    ])
      on.disk.put(`${DIRECTORY}/${name}`, Buffer.from('x'))
    const log = reopen(on)
    expectBeginning(log, bytes, BATCHES)
    log.close()
    expect(names(on)).toEqual(before)
  })

  /** The first two segments, compacted to every second batch, as `ending` files. */
  function compacted(ending: string): { on: Bench; kept: Buffer; rest: Buffer } {
    const { on, bytes, bases } = aClosedLog()
    const batches = [...batchesIn(bytes)]
    const kept = Buffer.concat(
      batches
        .filter((batch) => batch.baseOffset < bases[2]! && batch.baseOffset % 2 === 1)
        .map((batch) => batch.bytes()),
    )
    const rest = Buffer.concat(batches.filter((batch) => batch.baseOffset >= bases[2]!).map((batch) => batch.bytes()))
    on.disk.put(`${path(0, 'log')}.${ending}`, kept)
    on.disk.put(`${path(0, 'index')}.${ending}`, Buffer.alloc(0))
    on.disk.put(`${path(0, 'timeindex')}.${ending}`, Buffer.alloc(0))
    return { on, kept, rest }
  }

  test('swap files replace what they were made from', () => {
    const { on, kept, rest } = compacted('swap')
    const log = reopen(on)
    expect(everythingIn(log).equals(Buffer.concat([kept, rest]))).toBe(true)
    expect(names(on).filter((name) => name.endsWith('.swap'))).toEqual([])
    expect(log.segments.length).toBe(2)
    expect(log.read(0, 1, { endOffset: BATCHES, minOneBatch: true }).firstBatchOffset).toBe(1)
    expect(log.logEndOffset).toBe(BATCHES)
  })

  test('swap files beside cleaned ones are not complete: the old segments stay', () => {
    const { on, kept, rest } = compacted('swap')
    on.disk.put(`${path(0, 'log')}.cleaned`, Buffer.alloc(10))
    const log = reopen(on)
    expect(everythingIn(log).length).toBeGreaterThan(kept.length + rest.length)
    expect(log.logEndOffset).toBe(BATCHES)
  })

  test('a swap that was interrupted half way is finished', () => {
    const { on, kept, rest } = compacted('swap')
    // The log file had its final name already, the indexes not yet.
    on.disk.rename(`${path(0, 'log')}.swap`, path(0, 'log'))
    const { bases } = { bases: openBases(on) }
    for (const base of bases.slice(1, -1))
      for (const suffix of ['log', 'index', 'timeindex'] as const) on.disk.remove(path(base, suffix))
    const log = reopen(on)
    expect(everythingIn(log).equals(Buffer.concat([kept, rest]))).toBe(true)
  })

  const openBases = (on: Bench): number[] =>
    names(on)
      .filter((name) => /^\d+\.log$/.test(name))
      .map((name) => Number(name.slice(0, 20)))
})
