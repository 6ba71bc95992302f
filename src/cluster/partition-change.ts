import type { Uuid } from '../bytes/uuid.js'
import { defaultDirectory } from './directories.js'
import { type Election, electLeader } from './election.js'
import { ELR_FEATURE } from './features.js'
import type { PartitionImage } from './image.js'
import { NO_LEADER } from './leader-state.js'
import type { MetadataImage } from './metadata-image.js'
import { completedReassignment } from './reassignment.js'
import type { RecordOf } from './records.js'

/** What shall become of a partition; what is left out stays as it is. */
export interface Target {
  readonly isr?: readonly number[]
  readonly replicas?: readonly number[]
  readonly adding?: readonly number[]
  readonly removing?: readonly number[]
  readonly leaderRecoveryState?: number
  /** Replicas that came back without having stopped in order: what they say they hold cannot be relied on (KIP-966). */
  readonly uncleanReplicas?: readonly number[]
}

/** Where and by what rules. */
export interface Circumstances {
  readonly image: MetadataImage
  readonly topicId: Uuid
  readonly partitionId: number
  readonly election: Election
  readonly canLead: (broker: number) => boolean
  readonly minInsyncReplicas: number
}

/** The parts of a partition that a change decides anew. */
export interface Draft {
  replicas: readonly number[]
  isr: readonly number[]
  adding: readonly number[]
  removing: readonly number[]
  elr: readonly number[]
  lastKnownElr: readonly number[]
  leader: number
  leaderRecoveryState: number
}

/**
 * Brings a partition towards a target: finishes a reassignment that has become complete, keeps the replicas that may still
 * lead, elects a leader. Null when nothing would change.
 */
export function changePartition(
  before: PartitionImage,
  target: Target,
  circumstances: Circumstances,
): RecordOf<'PartitionChange'> | null {
  const { image, topicId, partitionId } = circumstances
  const hasElr = image.features.has(ELR_FEATURE)
  const draft = draftOf(before, target)
  completeReassignment(draft)
  if (hasElr) keepEligible(before, draft, target, circumstances.minInsyncReplicas)
  else draft.elr = []
  const { wasUnclean } = electLeader(before, draft, circumstances.election, circumstances.canLead, hasElr)
  if (wasUnclean || !hasElr) draft.elr = []
  // Without eligible replicas there is no other trace of who was in sync last.
  if (draft.isr.length === 0 && !hasElr) draft.isr = before.isr
  const isLeaderNamed = draft.leader !== before.leader || loses(before.replicas, draft.replicas)
  draft.lastKnownElr = hasElr ? lastLeader(before, draft) : []
  const record: RecordOf<'PartitionChange'> = {
    type: 'PartitionChange',
    partitionId,
    topicId,
    ...changedList('isr', before.isr, draft.isr),
    ...(isLeaderNamed ? { leader: draft.leader } : {}),
    ...changedList('replicas', before.replicas, draft.replicas),
    ...changedList('removingReplicas', before.removingReplicas, draft.removing),
    ...changedList('addingReplicas', before.addingReplicas, draft.adding),
    ...(draft.leaderRecoveryState === before.leaderRecoveryState
      ? {}
      : { leaderRecoveryState: draft.leaderRecoveryState }),
    ...changedList('eligibleLeaderReplicas', before.elr, draft.elr),
    ...changedList('lastKnownElr', before.lastKnownElr, draft.lastKnownElr),
    ...changedDirectories(image, before, draft),
  }
  const isEmpty = Object.keys(record).length === 3
  return isEmpty ? null : record
}

function draftOf(before: PartitionImage, target: Target): Draft {
  return {
    replicas: target.replicas ?? before.replicas,
    isr: target.isr ?? before.isr,
    adding: target.adding ?? before.addingReplicas,
    removing: target.removing ?? before.removingReplicas,
    elr: before.elr,
    lastKnownElr: before.lastKnownElr,
    leader: before.leader,
    leaderRecoveryState: target.leaderRecoveryState ?? before.leaderRecoveryState,
  }
}

function completeReassignment(draft: Draft): void {
  const completed = completedReassignment(draft)
  if (completed === null) return
  Object.assign(draft, completed, { adding: [], removing: [] })
}

/** Whoever leaves an ISR that is too small still holds everything that was acknowledged, and may lead (KIP-966). */
function keepEligible(before: PartitionImage, draft: Draft, target: Target, minInsyncReplicas: number): void {
  if (draft.isr.length >= Math.min(minInsyncReplicas, draft.replicas.length)) {
    draft.elr = []
    return
  }
  const unclean = target.uncleanReplicas ?? []
  draft.elr = [...new Set([...before.elr, ...before.isr])].filter(
    (replica) => !draft.isr.includes(replica) && !unclean.includes(replica),
  )
}

/** Who led last is remembered while nobody leads. */
function lastLeader(before: PartitionImage, draft: Draft): readonly number[] {
  if (draft.leader !== NO_LEADER) return []
  return before.leader === NO_LEADER ? before.lastKnownElr : [before.leader]
}

/** Whether a replica goes away: its leader must then count up its epoch, so that the one that left is fenced off. */
function loses(before: readonly number[], after: readonly number[]): boolean {
  return before.some((replica) => !after.includes(replica))
}

function changedList<N extends string>(
  name: N,
  before: readonly number[],
  after: readonly number[],
): { [K in N]?: readonly number[] } {
  const isSame = before.length === after.length && before.every((value, index) => value === after[index])
  return (isSame ? {} : { [name]: after }) as { [K in N]?: readonly number[] }
}

function changedDirectories(
  image: MetadataImage,
  before: PartitionImage,
  { replicas }: Draft,
): { directories?: Uuid[] } {
  if (replicas === before.replicas) return {}
  const directories = replicas.map((replica) => {
    const index = before.replicas.indexOf(replica)
    return index < 0 ? defaultDirectory(image, replica) : before.directories[index]!
  })
  const isSame =
    directories.length === before.directories.length &&
    directories.every((directory, index) => directory === before.directories[index])
  return isSame ? {} : { directories }
}
