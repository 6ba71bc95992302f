import { expect, test } from 'vitest'
import { alterPartition } from '../../src/cluster/alter-partition.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import { reassignPartitions } from '../../src/cluster/reassign-partitions.js'
import type { MetadataRecord, RecordOf } from '../../src/cluster/records.js'

const [HERE, LOST] = ['DDDDDDDDDDDDDDDDDDDDDA', 'DDDDDDDDDDDDDDDDDDDDDQ'] as const
const TOPIC = 'TTTTTTTTTTTTTTTTTTTTTA'
const rules = { minInsyncReplicas: () => 1, isUncleanElectionEnabled: () => true }

function broker(brokerId: number): MetadataRecord {
  return {
    type: 'RegisterBroker',
    brokerId,
    incarnationId: 'AAAAAAAAAAAAAAAAAAAAAw',
    brokerEpoch: 5,
    endPoints: [],
    features: [],
    rack: null,
    fenced: false,
    inControlledShutdown: false,
    logDirs: [HERE],
  }
}

/** Broker 2 leads, and broker 0 has lost the directory of its replica where `isLost`. */
function imageWith(isLost: boolean, partition: Partial<RecordOf<'Partition'>>): MetadataImage {
  return MetadataImage.empty.apply(
    [
      ...[0, 1, 2].map(broker),
      { type: 'Topic', name: 'orders', topicId: TOPIC },
      {
        ...{ type: 'Partition', partitionId: 0, topicId: TOPIC, replicas: [0, 1, 2], isr: [0, 1, 2] },
        ...{ removingReplicas: [], addingReplicas: [], leader: 2, leaderEpoch: 0, partitionEpoch: 0 },
        directories: [isLost ? LOST : HERE, HERE, HERE],
        ...partition,
      },
    ],
    { offset: 9, epoch: 1 },
  )
}

const leaderOf = (records: readonly MetadataRecord[]): number | undefined =>
  (records as RecordOf<'PartitionChange'>[])[0]!.leader

test('a move that takes the leader away makes nobody the leader whose replica lies in a lost directory', () => {
  const partitions = [{ partitionIndex: 0, replicas: [0, 1] }]
  const request = {
    ...{ timeoutMs: 1000, allowReplicationFactorChange: true },
    topics: [{ name: 'orders', partitions }],
  }
  const leaders = [false, true].map((isLost) =>
    leaderOf(reassignPartitions(imageWith(isLost, {}), request, rules).records),
  )
  expect(leaders).toEqual([0, 1])
})

test('nor does the proposal of in-sync replicas that completes a move', () => {
  const moving = { addingReplicas: [1], removingReplicas: [2], isr: [0, 2] }
  const newIsrWithEpochs = [0, 1, 2].map((brokerId) => ({ brokerId, brokerEpoch: 5 }))
  const proposal = { partitionIndex: 0, leaderEpoch: 0, newIsr: [], newIsrWithEpochs, leaderRecoveryState: 0 }
  const partitions = [{ ...proposal, partitionEpoch: 0 }]
  const request = { brokerId: 2, brokerEpoch: 5, topics: [{ topicId: TOPIC, partitions }] }
  const leaders = [false, true].map((isLost) =>
    leaderOf(alterPartition(imageWith(isLost, moving), request, rules).records),
  )
  expect(leaders).toEqual([0, 1])
})
