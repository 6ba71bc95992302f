import { describe, expect, test } from 'vitest'
import { batchesIn } from '../../src/records/batch.js'
import type { LogConfig } from '../../src/storage/log-config.js'
import { DEFAULT_LOG_CONFIG } from '../../src/storage/log-config.js'
import { LogDirectory } from '../../src/storage/log-directory.js'
import type { PartitionLog } from '../../src/storage/partition-log.js'
import { seededRandom } from '../support/seeded-random.js'
import { aBatch, bench, DIRECTORY, everythingIn, openLog } from './a-log.js'
import { dumped, GOLDEN_PARTITIONS, goldenDump, goldenFiles, putGolden } from './golden-directory.js'

const NEVER = Number.MAX_SAFE_INTEGER

/** The bytes of all segments in order. */
function recordedBytes(partition: string): Buffer {
  const files = [...goldenFiles(partition)].filter(([name]) => name.endsWith('.log'))
  return Buffer.concat(files.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, bytes]) => bytes))
}

/** The lines of all files of one kind, in the order of the files. */
function dumpLines(partition: string, suffix: string): string[] {
  const files = [...(goldenDump(partition) ?? [])].filter(([name]) => name.endsWith(suffix))
  return files.sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, lines]) => lines)
}

/** Topics were led from their first epoch on; a metadata log begins with its first election. */
function recordedEpoch(partition: string): number {
  return partition === 'data/__cluster_metadata-0' ? 1 : 0
}

function openRecorded(partition: string, settings: Parameters<typeof openLog>[1]): PartitionLog {
  const on = bench()
  putGolden(on.disk, partition, DIRECTORY)
  return openLog(on, { producerIdleMs: NEVER, ...settings })
}

function expectAsDumped(log: PartitionLog, partition: string, hasLostAborted = false): void {
  const lines = dumpLines(partition, '.log').filter((line) => line.startsWith('baseOffset'))
  const stored = everythingIn(log)
  expect(stored.equals(recordedBytes(partition))).toBe(true)
  expect([...batchesIn(stored)].map((batch) => [batch.baseOffset, batch.lastOffset, batch.maxTimestamp])).toEqual(
    lines.map((line) => [
      dumped(line, 'baseOffset'),
      dumped(line, 'lastOffset'),
      Math.max(dumped(line, 'CreateTime'), dumped(line, 'LogAppendTime')),
    ]),
  )
  expect(log.logEndOffset).toBe(lines.length === 0 ? 0 : dumped(lines.at(-1)!, 'lastOffset') + 1)
  const aborted = dumpLines(partition, '.txnindex').map((line) => ({
    producerId: BigInt(dumped(line, 'producerId')),
    firstOffset: dumped(line, 'firstOffset'),
    lastOffset: dumped(line, 'lastOffset'),
    lastStableOffset: dumped(line, 'lastStableOffset'),
  }))
  expect(log.abortedTransactions(0, NEVER)).toEqual(hasLostAborted ? [] : aborted)
}

/** The newest snapshot, which an orderly stop takes at the end of the log. */
function expectProducers(log: PartitionLog, partition: string): void {
  const snapshots = [...(goldenDump(partition) ?? [])].filter(([name]) => name.endsWith('.snapshot'))
  const [name, lines = []] = snapshots.sort(([a], [b]) => (a < b ? -1 : 1)).at(-1) ?? []
  if (name === undefined || Number(name.slice(0, 20)) !== log.logEndOffset) return
  const states = [...log.producers.all()].map((state) => ({
    producerId: Number(state.producerId),
    producerEpoch: state.epoch,
    coordinatorEpoch: state.coordinatorEpoch,
    currentTxnFirstOffset: state.transactionFirstOffset ?? -1,
    lastTimestamp: state.lastTimestamp,
    lastSequence: state.lastSequence,
    lastOffset: state.lastOffset,
  }))
  const names = Object.keys(states[0] ?? {})
  expect(states).toEqual(lines.map((line) => Object.fromEntries(names.map((each) => [each, dumped(line, each)]))))
}

describe.each(GOLDEN_PARTITIONS.filter((partition) => goldenDump(partition) !== null))(
  'the directory that Apache Kafka wrote: %s',
  (partition) => {
    test('opens after an orderly stop and holds what its own tool prints', () => {
      const log = openRecorded(partition, { wasCleanShutdown: true })
      expectAsDumped(log, partition)
      expectProducers(log, partition)
      // Records were deleted up to there.
      const startOffset = partition === 'data/codec-java-gzip-0' ? 7 : 0
      expect(log.leaderEpochs.entries).toEqual(
        log.logEndOffset === 0 ? [] : [{ epoch: recordedEpoch(partition), startOffset }],
      )
    })

    test('opens after a stop that was not orderly, whatever is known to be on the device', () => {
      for (const recoveryPoint of [0, 5, 20, NEVER]) {
        const log = openRecorded(partition, { wasCleanShutdown: false, recoveryPoint })
        // Compaction has removed the records of the aborted transaction: only the index that is built again lacks it.
        expectAsDumped(log, partition, partition === 'tombstones-after' && recoveryPoint < 20)
        expectProducers(log, partition)
      }
    })

    test('goes on where it ended', () => {
      const log = openRecorded(partition, { wasCleanShutdown: true })
      const end = log.logEndOffset
      const epoch = recordedEpoch(partition)
      const recorded = everythingIn(log)
      expect(log.append(aBatch({ count: 3 }), { leaderEpoch: epoch + 1, origin: 'client' })).toMatchObject({
        baseOffset: end,
      })
      log.flushQueued()
      expect(everythingIn(log).subarray(0, recorded.length).equals(recorded)).toBe(true)
      expect(log.endOffsetForEpoch(epoch)).toEqual({ epoch, endOffset: end })
    })

    test('its indexes lead to every batch, and by time to the first record of that time', () => {
      const log = openRecorded(partition, { wasCleanShutdown: true })
      let latest = -1
      for (const batch of batchesIn(everythingIn(log))) {
        const limits = { endOffset: log.logEndOffset, minOneBatch: true }
        expect(log.read(batch.lastOffset, 1, limits).nextOffset).toBe(batch.nextOffset)
        if (batch.maxTimestamp <= latest) continue
        latest = batch.maxTimestamp
        const found = log.offsetForTimestamp(latest)!
        expect(found.offset).toBeGreaterThanOrEqual(batch.baseOffset)
        expect(found.offset).toBeLessThanOrEqual(batch.lastOffset)
      }
    })
  },
)

describe('the same batches make the same files as in Apache Kafka', () => {
  const settings: Record<string, Partial<LogConfig>> = {
    'data/segments-0': { segmentBytes: 4000, indexIntervalBytes: 500 },
    'compacted-before': { segmentBytes: 2000, indexIntervalBytes: 200 },
    'tombstones-before': { segmentBytes: 600, indexIntervalBytes: 100 },
  }
  const ofOthers = /^partition\.metadata$|^quorum-state$|\.checkpoint$/
  // What compaction has left was not written by appending.
  const appended = GOLDEN_PARTITIONS.filter((each) => each !== 'data/compacted-0' && each !== 'tombstones-after')

  test.each(appended)('%s', (partition) => {
    const on = bench()
    const log = openLog(on, settings[partition])
    log.appendAsFollower(recordedBytes(partition))
    log.flushQueued()
    log.updateHighWatermark(log.logEndOffset)
    // DeleteRecords had been asked for there.
    if (partition === 'data/codec-java-gzip-0') log.deleteRecordsTo(7)
    log.close()
    const end = `${String(log.logEndOffset).padStart(20, '0')}.snapshot`
    const recorded = goldenFiles(partition)
    for (const [name, content] of recorded) {
      // Kafka keeps the epoch of an empty log, and drops it at the next start.
      if (ofOthers.test(name) || (name === 'leader-epoch-checkpoint' && log.logEndOffset === 0)) continue
      expect(on.disk.readFile(`${DIRECTORY}/${name}`)?.toString('hex'), name).toBe(content.toString('hex'))
    }
    // The two that were copied from a running broker lack the snapshot of an orderly stop.
    const names = on.disk.list(DIRECTORY)!.filter((name) => !(name === end && /-before$/.test(partition)))
    expect(names.filter((name) => !recorded.has(name))).toEqual([])
  })
})

describe('a whole log directory that Apache Kafka wrote', () => {
  test('opens after an orderly stop with its identity, offsets and topic ids; and closes into one like it', async () => {
    const on = bench()
    for (const partition of GOLDEN_PARTITIONS.filter((each) => each.startsWith('data/')))
      putGolden(on.disk, partition, `/logs/${partition.slice(5)}`)
    putGolden(on.disk, 'data', '/logs')
    const open = () => LogDirectory.open({ ...on, random: seededRandom(1), path: '/logs', producerIdleMs: NEVER })
    const directory = open()
    expect(directory.wasCleanShutdown).toBe(true)
    expect(directory.metaProperties).toEqual({
      clusterId: '4L6g3nShT-eMCtK--X86sw',
      nodeId: 0,
      directoryId: 'Y4Ai5tTPQR10ureFBBahzA',
    })
    expect(directory.partitions).toHaveLength(26)
    expect(directory.topicIdOf('txn', 0)).toBe('I3-18XHnT1aDlYzvouUNzQ')
    for (const { topic, partition } of directory.partitions)
      directory.openLog({
        topic,
        partition,
        topicId: directory.topicIdOf(topic, partition)!,
        config: DEFAULT_LOG_CONFIG,
      })
    const deleted = directory.find('codec-java-gzip', 0)!
    expect([deleted.logStartOffset, deleted.logEndOffset, deleted.highWatermark]).toEqual([7, 12, 12])
    expect(directory.find('compacted', 0)).toMatchObject({ logStartOffset: 0, logEndOffset: 49, highWatermark: 49 })
    expect(on.log.lines).toEqual([])
    const checkpoints = [
      'recovery-point-offset-checkpoint',
      'replication-offset-checkpoint',
      'log-start-offset-checkpoint',
    ]
    const sorted = (name: string) => on.disk.readFile(`/logs/${name}`)!.toString().split('\n').sort()
    const before = checkpoints.map(sorted)
    await directory.close(17)
    // The metadata log is not among the recorded checkpoints: Kafka opens it by itself.
    const after = checkpoints.map((name) => sorted(name).filter((line) => !line.startsWith('__cluster_metadata')))
    expect(after.map((lines) => lines.filter((line) => line.includes(' ')))).toEqual(
      before.map((lines) => lines.filter((line) => line.includes(' '))),
    )
    expect(on.disk.readFile('/logs/.kafka_cleanshutdown')!.toString()).toBe('{"version":0,"brokerEpoch":17}')
  })
})
