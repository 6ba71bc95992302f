import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.js'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import { Controller } from '../../src/broker/controller.js'
import { MetadataLog } from '../../src/broker/metadata-log.js'
import { QuorumPace } from '../../src/broker/quorum-pace.js'
import { LogDirectory } from '../../src/storage/log-directory.js'
import { ALONE, clientOf } from '../support/alone.js'
import { ManualClock } from '../support/manual-clock.js'
import { DiskStopped, MemoryDisk } from '../support/memory-disk.js'
import { seededRandom } from '../support/seeded-random.js'

const FEATURES = new Map([
  ['metadata.version', { min: 7, max: 30 }],
  ['eligible.leader.replicas.version', { min: 0, max: 1 }],
])

/** Some seconds, if the machine has nothing else to do. */
const BUSY = { timeout: 300_000 }

function open(disk: MemoryDisk, run: number) {
  const clock = new ManualClock()
  const random = seededRandom(run)
  const directory = LogDirectory.open({ path: '/data', disk, clock, random, log: silentLog })
  if (directory.metaProperties === null)
    directory.format({ clusterId: '4L6g3nShT-eMCtK--X86sw', nodeId: 0, directoryId: 'Y4Ai5tTPQR10ureFBBahzA' })
  // Small, so that the disk also stops in the middle of snapshots.
  const settings = new Map([['metadata.log.max.record.bytes.between.snapshots', '900']])
  const config = new BrokerConfig({ nodeId: 0, settings })
  const base = { nodeId: 0, config, clock, pace: new QuorumPace(clock), random, log: silentLog }
  const metadata = MetadataLog.open({ ...base, ...ALONE, disk, directory, features: FEATURES })
  const controller = new Controller({ ...base, metadata })
  return { metadata, controller, client: clientOf({ ...base, metadata, controller }) }
}

type Opened = ReturnType<typeof open>

const start = ({ controller }: Opened, incarnation: string) =>
  controller.start({
    brokerId: 0,
    incarnationId: incarnation,
    endpoints: [],
    features: FEATURES,
    rack: null,
    logDirs: ['Y4Ai5tTPQR10ureFBBahzA'],
    previousBrokerEpoch: -1,
  })

const create = async ({ controller }: Opened, name: string): Promise<void> => {
  const topic = { name, numPartitions: 3, replicationFactor: 1, assignments: [], configs: [] }
  const { topics } = await controller.createTopics({ topics: [topic], validateOnly: false })
  expect(topics[0]!.errorCode).toBe(0)
}

/** A step is a byte: every one of them would take a while. */
const STRIDE = 13

/** What has been answered by the time that the disk stops. */
interface Answered {
  readonly topics: Map<string, string>
  lastProducerId: bigint
  epoch: number
}

async function live(disk: MemoryDisk, answered: Answered): Promise<void> {
  const opened = open(disk, 1)
  answered.epoch = opened.metadata.epoch
  await start(opened, 'AAAAAAAAAAAAAAAAAAAAAg')
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
    await create(opened, name)
    answered.topics.set(name, opened.metadata.image.topic(name)!.id)
  }
  const doomed = answered.topics.get('b')!
  answered.topics.delete('b')
  await opened.controller.deleteTopics({ topics: [], topicNames: ['b'] })
  expect(opened.metadata.image.topicById(doomed)).toBeNull()
  answered.lastProducerId = await opened.client.allocateProducerId()
}

async function examine(left: MemoryDisk, answered: Answered, when: string): Promise<void> {
  const next = open(left, 2)
  expect(next.metadata.epoch, when).toBeGreaterThan(answered.epoch)
  await start(next, 'AAAAAAAAAAAAAAAAAAAAAw')
  for (const [name, id] of answered.topics) {
    expect(next.metadata.image.topic(name)?.id, `${name} ${when}`).toBe(id)
    expect(next.metadata.image.partition(name, 2)).toMatchObject({ leader: 0, isr: [0] })
  }
  await create(next, 'later')
  expect(await next.client.allocateProducerId()).toBeGreaterThan(answered.lastProducerId)
}

describe('wherever the disk stops', () => {
  test(
    'what was answered is there after the next start, whether or not the power went too, in a higher epoch, and can be gone on with',
    BUSY,
    async () => {
      let isOver = false
      let stops = 0
      for (let steps = 0; !isOver; steps += STRIDE) {
        const disk = new MemoryDisk()
        disk.stopAfter(steps)
        const answered: Answered = { topics: new Map(), lastProducerId: -1n, epoch: 0 }
        try {
          await live(disk, answered)
          isOver = true
        } catch (error) {
          if (!(error instanceof DiskStopped) && !String(error).includes('the disk has stopped')) throw error
          stops++
        }
        await examine(disk.afterKill(), answered, `after ${steps}`)
        await examine(disk.afterHarshPowerFailure(seededRandom(steps)), answered, `without power after ${steps}`)
      }
      expect(stops).toBeGreaterThan(30)
    },
  )
})
