import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { PartitionImage } from '../../src/cluster/image.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import { changePartition, type Target } from '../../src/cluster/partition-change.js'

const TOPIC = 'TwucjEwJTPGVXFi2BrhVwg'
const DIRECTORY = 'Y4Ai5tTPQR10ureFBBahzA'

interface Recorded {
  readonly elr: boolean
  readonly minIsr: number
  readonly election: 'PREFERRED' | 'ONLINE' | 'UNCLEAN'
  readonly alive: number[]
  readonly before: {
    replicas: number[]
    isr: number[]
    adding: number[]
    removing: number[]
    leader: number
    recovery: number
    elr: number[]
    lastKnownElr: number[]
  }
  readonly target: Target
  readonly change: Record<string, unknown> | null
}

const recorded = readFileSync(join(import.meta.dirname, '../golden/cluster/partition-changes.jsonl'), 'utf8')
  .trim()
  .split('\n')

const withElr = MetadataImage.empty.apply(
  [{ type: 'FeatureLevel', name: 'eligible.leader.replicas.version', featureLevel: 1 }],
  MetadataImage.empty,
)

const partition = ({ before }: Recorded): PartitionImage => ({
  replicas: before.replicas,
  isr: before.isr,
  addingReplicas: before.adding,
  removingReplicas: before.removing,
  leader: before.leader,
  leaderEpoch: 0,
  partitionEpoch: 0,
  leaderRecoveryState: before.recovery,
  directories: before.replicas.map(() => DIRECTORY),
  elr: before.elr,
  lastKnownElr: before.lastKnownElr,
})

/** The fields that differ, in no order where Kafka keeps none. */
function fields(change: Record<string, unknown> | null): unknown {
  if (change === null) return null
  const { type, topicId, partitionId, directories, eligibleLeaderReplicas: elr, ...rest } = change
  return elr === undefined ? rest : { ...rest, eligibleLeaderReplicas: [...(elr as number[])].sort() }
}

describe('a partition changes as Apache Kafka changes it', () => {
  test('600 recorded steps: elections, ISR, eligible leader replicas, reassignments', () => {
    expect(recorded.length).toBe(600)
    for (const line of recorded) {
      const step = JSON.parse(line) as Recorded
      const change = changePartition(partition(step), step.target, {
        image: step.elr ? withElr : MetadataImage.empty,
        topicId: TOPIC,
        partitionId: 0,
        election: step.election,
        canLead: (broker) => step.alive.includes(broker),
        minInsyncReplicas: step.minIsr,
      })
      expect(fields(change), line).toEqual(fields(step.change))
    }
  })

  test('a new replica lies in the only directory of its broker, and the others stay where they are', () => {
    const image = withElr.apply(
      [
        {
          type: 'RegisterBroker',
          brokerId: 1,
          brokerEpoch: 5,
          incarnationId: TOPIC,
          endPoints: [],
          features: [],
          rack: null,
          fenced: false,
          logDirs: [TOPIC],
        },
      ],
      withElr,
    )
    const before = partition(JSON.parse(recorded[0]!) as Recorded)
    const change = changePartition(
      { ...before, replicas: [0], isr: [0], leader: 0, directories: [DIRECTORY] },
      { replicas: [1, 0], adding: [1] },
      { image, topicId: TOPIC, partitionId: 0, election: 'ONLINE', canLead: () => true, minInsyncReplicas: 1 },
    )
    expect(change).toMatchObject({ replicas: [1, 0], addingReplicas: [1], directories: [TOPIC, DIRECTORY] })
  })
})
