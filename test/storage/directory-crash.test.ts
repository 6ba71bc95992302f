import { describe, expect, test } from 'vitest'
import { DEFAULT_LOG_CONFIG } from '../../src/storage/log-config.js'
import { LogDirectory } from '../../src/storage/log-directory.js'
import type { MemoryDisk } from '../support/memory-disk.js'
import { seededRandom } from '../support/seeded-random.js'
import { aBatch, type Bench, bench, everythingIn, FROM_CLIENT } from './a-log.js'

/** A log is opened for thousands of bytes: on a machine with much else to do that takes its time. */
const LONG_MS = 240_000

const TOPIC_ID = 'I3-18XHnT1aDlYzvouUNzQ'
const CONFIG = { ...DEFAULT_LOG_CONFIG, segmentBytes: 400, indexIntervalBytes: 100 }
const PARTITIONS = [0, 1]
const IDENTITY = { clusterId: '4L6g3nShT-eMCtK--X86sw', nodeId: 0, directoryId: 'Y4Ai5tTPQR10ureFBBahzA' }

interface Witness {
  readonly acknowledged: number[]
  hasEnded: boolean
}

const open = (on: Bench): LogDirectory => LogDirectory.open({ ...on, random: seededRandom(1), path: '/logs' })
const openLog = (directory: LogDirectory, partition: number, config = CONFIG) =>
  directory.openLog({ topic: 't', partition, topicId: TOPIC_ID, config })

/** Two runs of a directory with two partitions, as far as the disk lets them. */
async function live(on: Bench, config = CONFIG): Promise<Witness> {
  const witness: Witness = { acknowledged: [0, 0], hasEnded: false }
  try {
    for (let run = 0; run < 2; run++) {
      const directory = open(on)
      if (directory.metaProperties === null) directory.format(IDENTITY)
      for (const partition of PARTITIONS) {
        const log = openLog(directory, partition, config)
        log.onWritten((end) => {
          witness.acknowledged[partition] = end
        })
        for (let i = 0; i < 4; i++) {
          const baseSequence = log.producers.find(1n)?.lastSequence ?? -1
          const shape = { count: 2, producerId: 1n, producerEpoch: 0, baseSequence: baseSequence + 1 }
          log.append(aBatch(shape), FROM_CLIENT)
          log.flushQueued()
        }
        log.updateHighWatermark(log.writtenEndOffset)
      }
      for (const kind of ['recoveryPoint', 'highWatermark', 'logStartOffset'] as const) directory.checkpoint(kind)
      await directory.close(run)
    }
    witness.hasEnded = true
  } catch {
    // The disk has stopped.
  }
  return witness
}

function examine(left: MemoryDisk, atLeast: readonly number[]): void {
  const directory = open(bench(left))
  expect([null, IDENTITY]).toContainEqual(directory.metaProperties)
  for (const partition of PARTITIONS) {
    const log = openLog(directory, partition)
    expect(log.logEndOffset).toBeGreaterThanOrEqual(atLeast[partition]!)
    expect(everythingIn(log).length).toBe((log.logEndOffset / 2) * aBatch({ count: 2 }).length)
    const next = log.producers.find(1n)?.lastSequence ?? -1
    expect(next).toBe(log.logEndOffset - 1)
    expect(log.highWatermark).toBeLessThanOrEqual(log.logEndOffset)
  }
  directory.abandon()
}

async function stepsOfAWholeLife(config = CONFIG): Promise<number> {
  const on = bench()
  expect((await live(on, config)).hasEnded).toBe(true)
  return on.disk.steps
}

describe('a log directory', () => {
  test(
    'whose process ends after any byte holds everything acknowledged, whether or not it says it was stopped in order',
    async () => {
      const steps = await stepsOfAWholeLife()
      for (let stop = 1; stop <= steps; stop++) {
        const on = bench()
        on.disk.stopAfter(stop)
        const witness = await live(on)
        examine(on.disk.afterKill(), witness.acknowledged)
      }
    },
    LONG_MS,
  )

  test(
    'whose power fails holds everything acknowledged where each write is flushed, whatever else is lost',
    async () => {
      const config = { ...CONFIG, flushMessages: 1 }
      const steps = await stepsOfAWholeLife(config)
      for (let stop = 1; stop <= steps; stop += 3) {
        const on = bench()
        on.disk.stopAfter(stop)
        const witness = await live(on, config)
        examine(on.disk.afterHarshPowerFailure(seededRandom(stop)), witness.acknowledged)
      }
    },
    LONG_MS,
  )

  test('that says it was stopped in order was, also where the power failed after that', async () => {
    const random = seededRandom(5)
    const steps = await stepsOfAWholeLife()
    let marked = 0
    for (let stop = 1; stop <= steps; stop++) {
      const on = bench()
      on.disk.stopAfter(stop)
      const witness = await live(on)
      const left = on.disk.afterPowerFailure((bytes) => random.int(bytes + 1))
      if (left.stat('/logs/.kafka_cleanshutdown') === null) continue
      marked++
      examine(left, witness.acknowledged)
    }
    expect(marked).toBeGreaterThan(0)
  })
})
