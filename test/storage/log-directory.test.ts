import { describe, expect, test, vi } from 'vitest'
import { UserError } from '../../src/base/user-error.js'
import { Housekeeping, type HousekeepingTimes } from '../../src/storage/housekeeping.js'
import type { CleanerSettings } from '../../src/storage/log-cleaner.js'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../../src/storage/log-config.js'
import { LogDirectory } from '../../src/storage/log-directory.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { UnusableDirectory } from '../../src/storage/unusable-directory.js'
import { MemoryDisk } from '../support/memory-disk.js'
import { seededRandom } from '../support/seeded-random.js'
import { append, type Bench, bench } from './a-log.js'

/** Kafka's defaults. */
const TIMES: HousekeepingTimes = {
  logFlushOffsetCheckpointIntervalMs: 60_000,
  logFlushStartOffsetCheckpointIntervalMs: 60_000,
  replicaHighWatermarkCheckpointIntervalMs: 5_000,
  logRetentionCheckIntervalMs: 300_000,
  logInitialTaskDelayMs: 30_000,
  producerIdExpirationCheckIntervalMs: 600_000,
}

const CLEANER: CleanerSettings = {
  logCleanerEnable: true,
  logCleanerBackoffMs: 15_000,
  logCleanerDedupeBufferSize: 134_217_728,
  logCleanerIoBufferLoadFactor: 0.9,
}

const TOPIC_ID = 'I3-18XHnT1aDlYzvouUNzQ'
const MARKER = '/logs/.kafka_cleanshutdown'

function open(on: Bench): LogDirectory {
  return LogDirectory.open({ ...on, random: seededRandom(1), path: '/logs' })
}

function openLog(directory: LogDirectory, topic: string, partition = 0, config: Partial<LogConfig> = {}): PartitionLog {
  return directory.openLog({ topic, partition, topicId: TOPIC_ID, config: { ...DEFAULT_LOG_CONFIG, ...config } })
}

const text = (on: Bench, name: string): string | undefined => on.disk.readFile(`/logs/${name}`)?.toString()

describe('a log directory', () => {
  test('is made where there is none, and held by one at a time', async () => {
    const on = bench()
    const directory = open(on)
    expect(() => open(on)).toThrow(
      'Failed to acquire lock on file .lock in /logs. A Kafka instance in another process or thread is using this directory.',
    )
    await directory.close()
    await open(on).close()
  })

  test('that cannot be opened is let go again', () => {
    const on = bench()
    on.disk.put('/logs/meta.properties', Buffer.from('nonsense'))
    expect(() => open(on)).toThrow(UserError)
    on.disk.remove('/logs/meta.properties')
    expect(() => open(on)).not.toThrow()
  })

  test('holds partitions by topic and number, the topic ending at the last dash', async () => {
    const on = bench()
    const directory = open(on)
    const log = openLog(directory, 'a-b.c', 11)
    expect(openLog(directory, 'a-b.c', 11)).toBe(log)
    expect(text(on, 'a-b.c-11/partition.metadata')).toBe(`version: 0\ntopic_id: ${TOPIC_ID}`)
    expect(directory.topicIdOf('a-b.c', 11)).toBe(TOPIC_ID)
    await directory.close()
    const again = open(on)
    expect(again.partitions).toEqual([{ topic: 'a-b.c', partition: 11 }])
    expect(again.find('a-b.c', 11)).toBeNull()
  })

  test('says after an orderly stop that it was one, once; and nothing is looked through then', async () => {
    const on = bench()
    let directory = open(on)
    expect(directory.wasCleanShutdown).toBe(false)
    append(openLog(directory, 't'), { count: 5 })
    await directory.close(42)
    expect(text(on, '.kafka_cleanshutdown')).toBe('{"version":0,"brokerEpoch":42}')
    directory = open(on)
    expect([directory.wasCleanShutdown, on.disk.stat(MARKER)]).toEqual([true, null])
    expect(directory.previousBrokerEpoch).toBe(42)
    const { steps } = on.disk
    expect(openLog(directory, 't').logEndOffset).toBe(5)
    expect(on.disk.steps).toBe(steps)
    directory.abandon()
    expect(open(on).wasCleanShutdown).toBe(false)
  })

  test('does not claim an orderly stop when a log could not be written', async () => {
    const on = bench()
    const directory = open(on)
    append(openLog(directory, 't'))
    on.disk.syncError = new Error('input/output error')
    await directory.close()
    expect(on.disk.stat(MARKER)).toBeNull()
  })

  test('keeps recovery points, high watermarks and log starts for the next start', async () => {
    const on = bench()
    const directory = open(on)
    const [one, two] = [openLog(directory, 'one', 3), openLog(directory, 'two')]
    append(one, { count: 10 })
    append(two, { count: 5 })
    one.updateHighWatermark(8)
    one.deleteRecordsTo(4)
    await directory.close()
    expect(text(on, 'recovery-point-offset-checkpoint')).toBe('0\n2\none 3 10\ntwo 0 5\n')
    expect(text(on, 'replication-offset-checkpoint')).toBe('0\n2\none 3 8\ntwo 0 0\n')
    expect(text(on, 'log-start-offset-checkpoint')).toBe('0\n1\none 3 4\n')
    const again = openLog(open(on), 'one', 3)
    expect(again).toMatchObject({ logStartOffset: 4, highWatermark: 8, logEndOffset: 10, recoveryPoint: 10 })
  })

  test('keeps what it knows of partitions that nobody has opened', async () => {
    const on = bench()
    let directory = open(on)
    append(openLog(directory, 'one'), { count: 10 })
    append(openLog(directory, 'two'), { count: 5 })
    await directory.close()
    directory = open(on)
    append(openLog(directory, 'two'))
    directory.checkpoint('recoveryPoint')
    expect(text(on, 'recovery-point-offset-checkpoint')).toBe('0\n2\none 0 10\ntwo 0 5\n')
  })

  test('survives that a log start cannot be written down: nothing is deleted until it can', async () => {
    const on = bench()
    const directory = open(on)
    const log = openLog(directory, 't')
    append(log)
    append(log)
    log.updateHighWatermark(2)
    on.disk.freeBytes = 3
    expect(log.deleteRecordsTo(1)).toBe(0)
    expect(on.log.lines.join()).toContain('log start checkpoint of /logs failed')
    on.disk.freeBytes = Number.POSITIVE_INFINITY
    expect(log.deleteRecordsTo(1)).toBe(1)
    expect(text(on, 'log-start-offset-checkpoint')).toContain('t 0 1')
  })

  test('writes a log start down when it has moved, without being asked', async () => {
    const on = bench()
    const log = openLog(open(on), 't')
    append(log, { count: 10 })
    log.updateHighWatermark(10)
    log.deleteRecordsTo(7)
    await Promise.resolve()
    const left = { ...on, disk: on.disk.afterKill() }
    expect(openLog(open(left), 't').logStartOffset).toBe(7)
  })

  test('goes on without a checkpoint that is damaged, and says so', () => {
    const on = bench()
    const first = open(on)
    append(openLog(first, 't'), { count: 5 })
    first.abandon()
    on.disk.put('/logs/recovery-point-offset-checkpoint', Buffer.from('0\n3\nt 0 5\n'))
    on.disk.put('/logs/replication-offset-checkpoint', Buffer.from('0\n1\nt 0 '))
    on.disk.put('/logs/log-start-offset-checkpoint', Buffer.from('garbage'))
    const log = openLog(open(on), 't')
    expect(log).toMatchObject({ logStartOffset: 0, highWatermark: 0, logEndOffset: 5 })
    expect(on.log.lines.filter((line) => line.includes('Going on without a checkpoint'))).toHaveLength(3)
  })

  test('gives a partition an id again whose file a power failure has emptied', () => {
    const on = bench()
    const first = open(on)
    openLog(first, 't')
    first.abandon()
    on.disk.put('/logs/t-0/partition.metadata', Buffer.alloc(0))
    const directory = open(on)
    expect(directory.topicIdOf('t', 0)).toBeNull()
    openLog(directory, 't')
    expect(directory.topicIdOf('t', 0)).toBe(TOPIC_ID)
  })

  test('with something else in it is refused; files, and what file systems put there, are passed over', () => {
    const on = bench()
    on.disk.put('/logs/notes.txt', Buffer.from('x'))
    on.disk.makeDirectory('/logs/lost+found')
    open(on).abandon()
    on.disk.makeDirectory('/logs/photos')
    expect(() => open(on)).toThrow("'photos' is not in the form of topic-partition")
  })

  test.each([
    ['EACCES', 'Let this user write there'],
    ['EROFS', 'can only be read'],
    ['ENOSPC', 'Make room there'],
    ['EIO', 'The device has failed'],
  ])('that answers %s is refused with what can be done', (code, step) => {
    const on = bench()
    on.disk.lock = () => {
      throw Object.assign(new Error(`${code}: no`), { code })
    }
    let refusal: unknown
    try {
      open(on)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(UnusableDirectory)
    expect(refusal).toMatchObject({ message: `The log directory /logs cannot be used: ${code}: no` })
    expect((refusal as UnusableDirectory).nextStep).toContain(step)
  })

  test('is told apart from one that cannot be used', () => {
    const disk = new MemoryDisk()
    disk.makeDirectory = () => {
      throw Object.assign(new Error("EACCES: permission denied, mkdir '/logs'"), { code: 'EACCES' })
    }
    expect(() => open({ ...bench(), disk })).toThrow('The log directory /logs cannot be used: EACCES')
  })

  test('formats itself with an identity', async () => {
    const on = bench()
    const directory = open(on)
    expect(directory.metaProperties).toBeNull()
    const identity = { clusterId: 'c', nodeId: 1, directoryId: 'd' }
    directory.format(identity)
    expect(directory.metaProperties).toEqual(identity)
    await directory.close()
    expect(open(on).metaProperties).toEqual(identity)
  })
})

describe('removing a partition', () => {
  test('makes room for another of the same name at once, and removes the files after a while', async () => {
    const on = bench()
    const directory = open(on)
    append(openLog(directory, 't'), { count: 5 })
    directory.remove('t', 0, 60_000)
    expect(directory.find('t', 0)).toBeNull()
    expect(on.disk.listDirectories('/logs')).toEqual([expect.stringMatching(/^t-0\.[0-9a-f]{32}-delete$/)])
    expect(openLog(directory, 't').logEndOffset).toBe(0)
    on.clock.advance(59_999)
    expect(on.disk.listDirectories('/logs')).toHaveLength(2)
    on.clock.advance(1)
    await Promise.resolve()
    expect(on.disk.listDirectories('/logs')).toEqual(['t-0'])
  })

  test('of a long name keeps the name as long as a file system allows', () => {
    const on = bench()
    const directory = open(on)
    const topic = 'x'.repeat(249)
    openLog(directory, topic, 12)
    directory.remove(topic, 12, 0)
    const [name] = on.disk.listDirectories('/logs')
    expect(name).toMatch(/^x+-12\.[0-9a-f]{32}-delete$/)
    expect(name!.length).toBe(255)
  })

  test('is finished by the next start', async () => {
    const on = bench()
    const directory = open(on)
    openLog(directory, 't')
    directory.remove('t', 0, 60_000)
    await directory.close()
    expect(open(on).partitions).toEqual([])
    await Promise.resolve()
    expect(on.disk.listDirectories('/logs')).toEqual([])
  })

  test('works for one that was not opened: a replica that the cluster does not know', async () => {
    const on = bench()
    let directory = open(on)
    append(openLog(directory, 'stray'))
    await directory.close()
    directory = open(on)
    directory.remove('stray', 0, 0)
    expect(directory.partitions).toEqual([])
    await directory.close()
    expect(text(on, 'recovery-point-offset-checkpoint')).toBe('0\n0\n')
  })
})

describe('setting a partition aside', () => {
  test('keeps its files under a name that the next start passes over', () => {
    const on = bench()
    const directory = open(on)
    append(openLog(directory, 't'))
    directory.setAside('t', 0)
    expect([directory.find('t', 0), directory.partitions]).toEqual([null, []])
    const [name] = on.disk.listDirectories('/logs')
    expect(name).toMatch(/^t-0\.[0-9a-f]{32}-stray$/)
    directory.abandon()
    expect(open(on).partitions).toEqual([])
    expect(on.disk.listDirectories('/logs')).toEqual([name])
  })
})

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
    await on.disk.removeTree('/logs/empty-0')
    const directory = open(on)
    directory.remove('t', 0, 0)
    const config = DEFAULT_LOG_CONFIG
    const other = directory.openLog({ topic: 't', partition: 0, topicId: 'Y4Ai5tTPQR10ureFBBahzA', config })
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

describe('housekeeping', () => {
  test('writes checkpoints, applies retention and forgets producers at their intervals, and stops', () => {
    const on = bench()
    const directory = open(on)
    const log = openLog(directory, 't', 0, { retentionMs: 400_000 })
    append(log, { count: 5, producerId: 5n, producerEpoch: 0, baseSequence: 0 })
    log.updateHighWatermark(5)
    const housekeeping = new Housekeeping([directory], on.clock, on.log, TIMES, () => CLEANER)
    on.clock.advance(4999)
    expect(text(on, 'replication-offset-checkpoint')).toBeUndefined()
    on.clock.advance(1)
    expect(text(on, 'replication-offset-checkpoint')).toBe('0\n1\nt 0 5\n')
    expect(text(on, 'recovery-point-offset-checkpoint')).toBeUndefined()
    log.flush()
    on.clock.advance(25_000)
    expect(text(on, 'recovery-point-offset-checkpoint')).toBe('0\n1\nt 0 5\n')
    on.clock.advance(600_001)
    expect([log.logStartOffset, log.producers.size]).toEqual([5, 1])
    on.clock.advance(86_400_000)
    expect(log.producers.size).toBe(0)
    housekeeping.stop()
    const { steps } = on.disk
    append(log)
    log.updateHighWatermark(6)
    expect(on.disk.steps).toBeGreaterThan(steps)
    on.clock.advance(10_000_000)
    expect(text(on, 'replication-offset-checkpoint')).toBe('0\n1\nt 0 5\n')
  })

  test('does not touch the disk while nothing changes', () => {
    const on = bench()
    const directory = open(on)
    openLog(directory, 't')
    const housekeeping = new Housekeeping([directory], on.clock, on.log, TIMES, () => CLEANER)
    on.clock.advance(100_000)
    const { steps } = on.disk
    on.clock.advance(10_000_000)
    expect(on.disk.steps).toBe(steps)
    housekeeping.stop()
    expect(on.clock.timers).toBe(0)
  })

  test('goes on after an error, and tells it', () => {
    const on = bench()
    const directory = open(on)
    append(openLog(directory, 't'))
    const housekeeping = new Housekeeping([directory], on.clock, on.log, TIMES, () => CLEANER)
    on.disk.freeBytes = 0
    on.clock.advance(5000)
    expect(on.log.lines.join('\n')).toContain('The high watermark checkpoint failed')
    on.disk.freeBytes = 1e9
    on.clock.advance(5000)
    expect(text(on, 'replication-offset-checkpoint')).toBe('0\n1\nt 0 0\n')
    housekeeping.stop()
  })
})
