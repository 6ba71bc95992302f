import { describe, expect, test } from 'vitest'
import { UserError } from '../../src/base/user-error.js'
import { UnusableDirectory } from '../../src/storage/unusable-directory.js'
import { MemoryDisk } from '../support/memory-disk.js'
import { MARKER, open, openLog, TOPIC_ID, text } from './a-directory.js'
import { append, bench } from './a-log.js'

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

  test('has every log that lies there looked through after a stop that was none', () => {
    const on = bench()
    const directory = open(on)
    const log = openLog(directory, 't', 0, { segmentBytes: 200 })
    for (let i = 0; i < 10; i++) append(log)
    const { path } = log.segments[1]!.log
    directory.abandon()
    const bytes = on.disk.readFile(path)!
    bytes[bytes.length - 2]! ^= 1
    on.disk.put(path, bytes)
    expect(openLog(open(on), 't').logEndOffset).toBe(3)
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
