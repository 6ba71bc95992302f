import type { Uuid } from '../bytes/uuid.js'
import { isActive } from './assignment.js'
import type { ControllerSettings } from './decision.js'
import { isReachable, liesIn } from './directories.js'
import { NO_LEADER } from './leader-state.js'
import type { MetadataImage } from './metadata-image.js'
import { changePartition, type Target } from './partition-change.js'
import type { RecordOf } from './records.js'

type Rules = Pick<ControllerSettings, 'minInsyncReplicas' | 'isUncleanElectionEnabled'>

/** A broker that the image shows as it was: it is about to go, to come, or has come back after a crash. */
export interface BrokerTurn {
  readonly broker: number
  readonly turn: 'goes' | 'comes' | 'crashed'
  /** Where only some of its log directories are concerned: these. */
  readonly directories?: readonly Uuid[]
}

/** What becomes of partitions when a broker goes or comes: who is in sync, who may lead, who leads. */
export function partitionUpdates(
  image: MetadataImage,
  { broker, turn, directories }: BrokerTurn,
  rules: Rules,
): RecordOf<'PartitionChange'>[] {
  const records: RecordOf<'PartitionChange'>[] = []
  const canLead = (candidate: number): boolean => (candidate === broker ? turn === 'comes' : isActive(image, candidate))
  for (const topic of image.topics()) {
    const minInsyncReplicas = rules.minInsyncReplicas(image, topic.name)
    const election = rules.isUncleanElectionEnabled(image, topic.name) ? 'UNCLEAN' : 'ONLINE'
    topic.partitions.forEach((partition, partitionId) => {
      const isConcerned =
        turn === 'comes'
          ? partition.leader === NO_LEADER
          : partition.isr.includes(broker) || (turn === 'crashed' && partition.elr.includes(broker))
      if (!isConcerned || (directories !== undefined && !liesIn(partition, broker, directories))) return
      const record = changePartition(partition, targetOf(partition.isr, { broker, turn }), {
        image,
        topicId: topic.id,
        partitionId,
        election,
        canLead: (candidate) => canLead(candidate) && isReachable(image, partition, candidate),
        minInsyncReplicas,
      })
      if (record !== null) records.push(record)
    })
  }
  return records
}

function targetOf(isr: readonly number[], { broker, turn }: BrokerTurn): Target {
  if (turn === 'comes') return {}
  const rest = { isr: isr.filter((replica) => replica !== broker) }
  return turn === 'crashed' ? { ...rest, uncleanReplicas: [broker] } : rest
}
