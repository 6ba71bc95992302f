import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { checkDirectories } from '../../src/storage/check/directory-check.js'
import { systemDisk } from '../../src/storage/disk.js'
import { segmentFileName } from '../../src/storage/file-names.js'
import { DEFAULT_LOG_CONFIG } from '../../src/storage/log-config.js'
import { LogDirectory } from '../../src/storage/log-directory.js'
import { seededRandom } from '../support/seeded-random.js'
import { aBatch, append, type Bench, bench, NOW } from './a-log.js'

const TOPIC_ID = 'TTTTTTTTTTTTTTTTTTTTTA'
const CONFIG = { ...DEFAULT_LOG_CONFIG, segmentBytes: 400, indexIntervalBytes: 100 }
const PARTITION = '/logs/t-0'
const PRODUCER = { producerId: 5n, producerEpoch: 0 }

let on: Bench
beforeEach(async () => {
  on = bench()
  await fill('/logs', 't', 'u')
})

/** A log directory with a log of several segments for each topic, closed in order. */
async function fill(path: string, ...topics: string[]): Promise<void> {
  const directory = LogDirectory.open({ ...on, random: seededRandom(path.length), path })
  const directoryId = path.padEnd(22, 'D').replaceAll('/', '_')
  directory.format({ clusterId: 'CCCCCCCCCCCCCCCCCCCCCC', nodeId: 0, directoryId })
  for (const topic of topics) {
    const log = directory.openLog({ topic, partition: 0, topicId: TOPIC_ID, config: CONFIG })
    for (let i = 0; i < 12; i++)
      append(
        log,
        { ...PRODUCER, baseSequence: i, timestamp: NOW + i, valueBytes: 10 + ((i * i) % 11) },
        { leaderEpoch: i >> 2 },
      )
    log.updateHighWatermark(12)
  }
  await directory.close()
}

const check = (...directories: string[]) =>
  checkDirectories({ disk: on.disk, directories: directories.length > 0 ? directories : ['/logs'], isLive: false })

async function found(...directories: string[]): Promise<string[]> {
  return (await check(...directories)).findings.map(({ path, what }) => `${path}: ${what}`)
}

function change(path: string, act: (bytes: Buffer) => Buffer | undefined): void {
  const bytes = Buffer.from(on.disk.readFile(path)!)
  on.disk.put(path, act(bytes) ?? bytes)
}

const baseOf = (suffix: string, at: number): string =>
  `${PARTITION}/${on.disk
    .list(PARTITION)!
    .filter((name) => name.endsWith(`.${suffix}`))
    .sort()
    .at(at)}`

test('a directory that was closed in order has nothing wrong, and is not changed by looking', async () => {
  const before = on.disk.contents()
  expect(await check()).toMatchObject({ findings: [], partitions: 2, segments: 6, batches: 24 })
  expect(on.disk.contents()).toEqual(before)
})

describe('names', () => {
  test('a flipped bit by its offset and position, and goes on after it', async () => {
    change(baseOf('log', 0), (log) => {
      log[log.readInt32BE(8) + 12 + 70]! ^= 1
      return undefined
    })
    const lines = await found()
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^\/logs\/t-0\/0{20}\.log: offset 1, position \d+: its checksum is another$/)
    expect((await check()).batches).toBe(24)
  })

  test('what comes after the last batch', async () => {
    change(baseOf('log', 2), (log) => Buffer.concat([log, Buffer.alloc(7)]))
    expect((await found())[0]).toMatch(/from position \d+ on there is no batch: 7 bytes$/)
  })

  test.each(['index', 'timeindex'])('an %s that is missing, cut, or of another segment', async (suffix) => {
    const [first, second] = [baseOf(suffix, 0), baseOf(suffix, 1)]
    const bytes = on.disk.readFile(first)!
    on.disk.put(first, on.disk.readFile(second)!)
    expect(await found()).toHaveLength(1)
    on.disk.put(first, bytes.subarray(0, bytes.length - 1))
    expect((await found())[0]).toContain('no number of entries')
    on.disk.remove(first)
    expect(await found()).toEqual([`${first}: is missing`])
  })

  test.each([
    ['cut', Buffer.alloc(33), 'no number of entries'],
    ['of zeros', Buffer.alloc(34), 'cannot be in this segment'],
  ])('an index of aborted transactions that is %s', async (_, bytes, what) => {
    const path = `${PARTITION}/${segmentFileName(0, 'txnindex')}`
    on.disk.put(path, bytes)
    expect(await found()).toEqual([expect.stringContaining(`${path}: has`)])
    expect((await found())[0]).toContain(what)
  })

  test('snapshots of producers, epochs and ids that cannot be read', async () => {
    change(baseOf('snapshot', 0), (bytes) => {
      bytes[20]! ^= 1
      return undefined
    })
    change(`${PARTITION}/leader-epoch-checkpoint`, (bytes) => bytes.subarray(0, bytes.length - 1))
    change(`${PARTITION}/partition.metadata`, () => Buffer.from('version: 9\n'))
    expect(await found()).toEqual([
      expect.stringContaining('a producer snapshot whose checksum is wrong'),
      expect.stringContaining('is cut short'),
      expect.stringContaining('partition.metadata cannot be understood'),
    ])
  })

  test('snapshots of producers and epochs that know of more than there is', async () => {
    const [first, last] = [baseOf('snapshot', 0), baseOf('snapshot', -1)]
    on.disk.put(first, on.disk.readFile(last)!)
    on.disk.put(`${PARTITION}/leader-epoch-checkpoint`, Buffer.from('0\n1\n9 99\n'))
    expect(await found()).toEqual([
      `${first}: knows of offset 11, which comes later`,
      `${PARTITION}/leader-epoch-checkpoint: has an epoch from offset 99 on, and the log ends at 12`,
    ])
  })

  test('an index that goes on where the segment has ended', async () => {
    change(baseOf('index', 0), (index) => Buffer.concat([index, Buffer.from([0, 0, 0, 99, 0, 0, 99, 0])]))
    expect((await found())[0]).toMatch(/\.index: points beyond the end of the segment$/)
  })

  test('snapshots of the metadata that are damaged, or cut', async () => {
    const path = `${PARTITION}/00000000000000000012-0000000001.checkpoint`
    const batch = aBatch({ count: 2 })
    on.disk.put(path, Buffer.concat([batch, batch]))
    expect(await found()).toEqual([])
    on.disk.put(path, Buffer.concat([batch, batch.subarray(0, 70)]))
    expect(await found()).toEqual([`${path}: from position ${batch.length} on there is no batch`])
    batch[batch.length - 2]! ^= 1
    on.disk.put(path, batch)
    expect(await found()).toEqual([`${path}: position 0: its checksum is another`])
  })

  test('batches that step back', async () => {
    change(baseOf('log', 0), (log) => {
      const firstBytes = log.readInt32BE(8) + 12
      const secondBytes = log.readInt32BE(firstBytes + 8) + 12
      const end = firstBytes + secondBytes
      return Buffer.concat([log.subarray(firstBytes, end), log.subarray(0, firstBytes), log.subarray(end)])
    })
    expect((await found())[0]).toMatch(/offset 0, position \d+: the batch before it ends at 1$/)
  })

  test('checkpoints that are cut short, or know of more than there is', async () => {
    change('/logs/recovery-point-offset-checkpoint', (bytes) => bytes.subarray(0, bytes.length - 3))
    on.disk.put('/logs/replication-offset-checkpoint', Buffer.from('0\n1\nt 0 99\n'))
    expect(await found()).toEqual([
      expect.stringMatching(/recovery-point-offset-checkpoint: .* is cut short/),
      '/logs/replication-offset-checkpoint: has offset 99 for t-0, whose log ends at 12',
    ])
  })

  test('two copies of one partition, and directories of several clusters', async () => {
    await fill('/more', 't')
    expect(await found('/logs', '/more')).toEqual(['/more/t-0: is another copy of what lies in /logs'])
    change('/more/meta.properties', (bytes) =>
      Buffer.from(bytes.toString().replace(/cluster.id=.*/, 'cluster.id=other')),
    )
    expect((await found('/logs', '/more'))[0]).toContain('is of cluster other, and /logs of CCCCCCCCCCCCCCCCCCCCCC')
    on.disk.put(
      '/more/meta.properties',
      Buffer.from(on.disk.readFile('/logs/meta.properties')!.toString().replace('node.id=0', 'node.id=7')),
    )
    expect((await found('/logs', '/more'))[0]).toContain('is of node 7, and /logs of 0')
    on.disk.put('/more/meta.properties', on.disk.readFile('/logs/meta.properties')!)
    expect((await found('/logs', '/more'))[0]).toContain('has the directory.id of /logs: one is a copy of the other')
  })

  test('a directory that a later version has written, and one that is none', async () => {
    change('/logs/meta.properties', (bytes) => Buffer.from(bytes.toString().replace('version=1', 'version=7')))
    expect((await found())[0]).toContain('is of version 7')
    expect(await found('/nothing')).toEqual([
      '/nothing/meta.properties: is missing',
      expect.stringContaining('/nothing: cannot be read'),
    ])
  })

  test('segments that overlap', async () => {
    const twin = `${PARTITION}/${segmentFileName(1, 'log')}`
    on.disk.put(twin, on.disk.readFile(baseOf('log', 0))!)
    expect((await found()).join('\n')).toContain('begins before offset')
  })
})

test('what Apache Kafka has written has nothing wrong', async () => {
  const recorded = join(import.meta.dirname, '../golden/log/data')
  const report = await checkDirectories({ disk: systemDisk, directories: [recorded], isLive: false })
  expect(report).toMatchObject({ findings: [], partitions: 26, segments: 32, batches: 532 })
})

test('a disk that cannot be read is told as such', async () => {
  on.disk.stopAfter(0)
  expect((await found()).join()).toContain('cannot be read')
})
