import { assert } from '../base/assert.js'
import type { Uuid } from '../bytes/uuid.js'
import { MIGRATING_DIRECTORY } from './directories.js'
import type { PartitionImage, TopicImage } from './image.js'
import { dropTopicConfigs, type ImageDraft } from './image-draft.js'
import type { RecordOf } from './records.js'

type TopicRecord = RecordOf<'Topic' | 'Partition' | 'PartitionChange' | 'RemoveTopic' | 'ClearElr'>

/** In a change: the leader stays who it is. */
export const NO_LEADER_CHANGE = -2
/** In a change: the recovery state stays what it is. */
const NO_RECOVERY_CHANGE = -1

export function applyTopicRecord(draft: ImageDraft, record: TopicRecord): void {
  switch (record.type) {
    case 'Topic':
      draft.setTopic({ name: record.name, id: record.topicId, partitions: [] })
      break
    case 'Partition':
      setPartition(draft, record.topicId, record.partitionId ?? -1, partitionOf(record))
      break
    case 'PartitionChange': {
      const index = record.partitionId ?? -1
      const partition = topicOf(draft, record.topicId).partitions[index]
      assert(partition !== undefined, `partition ${index} of topic ${record.topicId} does not exist`)
      setPartition(draft, record.topicId, index, changedPartition(partition, record))
      break
    }
    case 'RemoveTopic': {
      const { name, id } = topicOf(draft, record.topicId)
      draft.writable('topicsByName').delete(name)
      draft.writable('topicsById').delete(id)
      dropTopicConfigs(draft, name)
      break
    }
    case 'ClearElr':
      clearElr(draft, record.topicName)
  }
}

function topicOf(draft: ImageDraft, id: Uuid): TopicImage {
  const topic = draft.parts.topicsById.get(id)
  assert(topic !== undefined, `topic ${id} does not exist`)
  return topic
}

function setPartition(draft: ImageDraft, topicId: Uuid, index: number, partition: PartitionImage): void {
  const topic = topicOf(draft, topicId)
  assert(index >= 0, `partition ${index} of topic ${topic.name}`)
  draft.partitionsOf(topic)[index] = partition
}

function partitionOf(record: RecordOf<'Partition'>): PartitionImage {
  return {
    replicas: record.replicas,
    isr: record.isr,
    addingReplicas: record.addingReplicas,
    removingReplicas: record.removingReplicas,
    leader: record.leader ?? -1,
    leaderEpoch: record.leaderEpoch ?? -1,
    partitionEpoch: record.partitionEpoch ?? -1,
    leaderRecoveryState: record.leaderRecoveryState ?? 0,
    directories: directoriesFor(record.replicas, record.directories ?? []),
    elr: record.eligibleLeaderReplicas ?? [],
    lastKnownElr: record.lastKnownElr ?? [],
  }
}

/** The partition after a change: any change counts up its epoch, one that names a leader also the leader's. */
export function changedPartition(before: PartitionImage, change: RecordOf<'PartitionChange'>): PartitionImage {
  const { leader = NO_LEADER_CHANGE, leaderRecoveryState = NO_RECOVERY_CHANGE } = change
  const replicas = change.replicas ?? before.replicas
  return {
    replicas,
    isr: change.isr ?? before.isr,
    addingReplicas: change.addingReplicas ?? before.addingReplicas,
    removingReplicas: change.removingReplicas ?? before.removingReplicas,
    leader: leader === NO_LEADER_CHANGE ? before.leader : leader,
    leaderEpoch: leader === NO_LEADER_CHANGE ? before.leaderEpoch : before.leaderEpoch + 1,
    partitionEpoch: before.partitionEpoch + 1,
    leaderRecoveryState: leaderRecoveryState === NO_RECOVERY_CHANGE ? before.leaderRecoveryState : leaderRecoveryState,
    directories: directoriesFor(replicas, change.directories ?? before.directories),
    elr: change.eligibleLeaderReplicas ?? before.elr,
    lastKnownElr: change.lastKnownElr ?? before.lastKnownElr,
  }
}

/** Logs written before Kafka 3.7 do not say in which directory a replica lies. */
function directoriesFor(replicas: readonly number[], directories: readonly Uuid[]): readonly Uuid[] {
  return directories.length === replicas.length ? directories : replicas.map(() => MIGRATING_DIRECTORY)
}

/** Forgets who could lead besides the ISR, for one topic, or for all of them where the name is empty. */
function clearElr(draft: ImageDraft, topicName: string): void {
  const named = draft.parts.topicsByName.get(topicName)
  const topics = topicName === '' ? [...draft.parts.topicsByName.values()] : named === undefined ? [] : [named]
  for (const topic of topics) {
    if (!topic.partitions.some(hasElr)) continue
    const partitions = topic.partitions.map((partition) =>
      hasElr(partition)
        ? { ...partition, elr: [], lastKnownElr: [], partitionEpoch: partition.partitionEpoch + 1 }
        : partition,
    )
    draft.setTopic({ ...topic, partitions })
  }
}

function hasElr(partition: PartitionImage): boolean {
  return partition.elr.length > 0 || partition.lastKnownElr.length > 0
}
