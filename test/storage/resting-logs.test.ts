import { describe, expect, test, vi } from 'vitest'
import { Housekeeping } from '../../src/storage/housekeeping.js'
import { DEFAULT_LOG_CONFIG } from '../../src/storage/log-config.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { CLEANER, MARKER, open, openLog, TIMES, TOPIC_ID } from './a-directory.js'
import { append, type Bench, bench } from './a-log.js'

describe('after an orderly stop', () => {
  const RESTING = '/logs/klog-resting-logs'

  /** A log of five records, of which three are left and four committed, after a stop. */
  async function aStoppedLog(): Promise<Bench> {
    const on = bench()
    const directory = open(on)
    const log = openLog(directory, 't', 0, { segmentBytes: 100 })
    for (let i = 0; i < 5; i++) append(log, { producerId: 5n, producerEpoch: 0, baseSequence: i })
    log.updateHighWatermark(4)
    log.deleteRecordsTo(2)
    openLog(directory, 'empty')
    await directory.close(7)
    return on
  }

  const boundsOf = (log: PartitionLog): number[] => [
    log.logStartOffset,
    log.highWatermark,
    log.logEndOffset,
    log.writtenEndOffset,
    log.recoveryPoint,
    log.sizeBytes,
  ]

  test('a log is known without looking at its files until somebody uses it, and then it is the same', async () => {
    const on = await aStoppedLog()
    const directory = open(on)
    expect(directory.topicIdOf('t', 0)).toBe(TOPIC_ID)
    const looked = [
      vi.spyOn(on.disk, 'list'),
      vi.spyOn(on.disk, 'stat'),
      vi.spyOn(on.disk, 'readFile'),
      vi.spyOn(on.disk, 'open'),
    ]
    const log = openLog(directory, 't')
    const known = boundsOf(log)
    log.beginLeaderEpoch(3)
    log.expireProducers()
    for (const each of looked) expect(each).not.toHaveBeenCalled()
    expect(log.isResting).toBe(true)
    expect(known.slice(0, 5)).toEqual([2, 4, 5, 5, 5])
    expect(log.producers.find(5n)?.lastSequence).toBe(4)
    expect(log.isResting).toBe(false)
    expect(boundsOf(log)).toEqual(known)
    append(log, {}, { leaderEpoch: 3 })
    expect([log.logEndOffset, log.leaderEpochs.epochFor(5), log.leaderEpochs.epochFor(4)]).toEqual([6, 3, 0])
  })

  test('one that nobody has used is what it was after the next stop, and after a crash', async () => {
    const on = await aStoppedLog()
    const directory = open(on)
    const known = boundsOf(openLog(directory, 't'))
    for (const kind of ['recoveryPoint', 'highWatermark', 'logStartOffset'] as const) directory.checkpoint(kind)
    await directory.close(8)
    const again = open(on)
    const log = openLog(again, 't')
    expect([log.isResting, boundsOf(log)]).toEqual([true, known])
    again.checkpoint('logStartOffset')
    again.abandon()
    const afterCrash = openLog(open(on), 't')
    expect([afterCrash.isResting, boundsOf(afterCrash)]).toEqual([false, known])
  })

  test('logs are looked at all the same where Apache Kafka has run since', async () => {
    const on = await aStoppedLog()
    on.disk.put(MARKER, Buffer.from('{"version":0,"brokerEpoch":8}'))
    expect(openLog(open(on), 't').isResting).toBe(false)
    expect(on.disk.readFile(RESTING)).toBeNull()
  })

  test('logs are looked at all the same where the stop was none, or what it left cannot be read', async () => {
    const crashed = await aStoppedLog()
    crashed.disk.remove(MARKER)
    expect(openLog(open(crashed), 't').isResting).toBe(false)
    const damaged = await aStoppedLog()
    damaged.disk.put(RESTING, Buffer.from('0\n2\n7\nt 0 x y z\n'))
    expect(openLog(open(damaged), 't').isResting).toBe(false)
    expect(damaged.log.lines.join('\n')).toContain('Looking at every log: ')
  })

  test('a log of another topic of the same name is not taken for it, nor one whose directory is gone', async () => {
    const on = await aStoppedLog()
    const asked = { topic: 't', partition: 0, topicId: 'Y4Ai5tTPQR10ureFBBahzA', config: DEFAULT_LOG_CONFIG }
    expect(open(bench(on.disk.afterKill())).openLog(asked).isResting).toBe(false)
    await on.disk.removeTree('/logs/empty-0')
    const directory = open(on)
    directory.remove('t', 0, 0)
    const other = directory.openLog(asked)
    expect([other.logEndOffset, other.isResting]).toEqual([0, false])
    expect(openLog(directory, 'empty').isResting).toBe(false)
  })

  test('retention and the cleaner leave those in peace that hold nothing', async () => {
    const on = await aStoppedLog()
    const directory = open(on)
    const empty = openLog(directory, 'empty')
    const log = openLog(directory, 't', 0, { retentionMs: 1 })
    const housekeeping = new Housekeeping([directory], on.clock, on.log, TIMES, () => CLEANER)
    on.clock.advance(300_000)
    expect([empty.isResting, log.isResting, log.logStartOffset]).toEqual([true, false, 4])
    housekeeping.stop()
  })

  test('one that was let go unused makes no directory anew', async () => {
    const on = await aStoppedLog()
    const directory = open(on)
    const log = openLog(directory, 't')
    directory.remove('t', 0, 60_000)
    expect([log.lastStableOffset, log.logEndOffset, log.failure]).toEqual([4, 5, null])
    expect(() => log.producers).toThrow('/logs/t-0 is closed')
    expect(on.disk.list('/logs/t-0')).toBeNull()
  })
})
