import type { PartitionImage } from './image.js'
import { NO_LEADER, RECOVERING } from './leader-state.js'
import type { Draft } from './partition-change.js'

/** PREFERRED wants the first replica; ONLINE anyone who is in sync; UNCLEAN, failing that, anyone who is there. */
export type Election = 'PREFERRED' | 'ONLINE' | 'UNCLEAN'

/** Decides who leads, and what follows from it for the ISR; `wasUnclean` tells that records may be lost. */
export function electLeader(
  before: PartitionImage,
  draft: Draft,
  election: Election,
  canLead: (broker: number) => boolean,
  hasElr: boolean,
): { wasUnclean: boolean } {
  const { leader, wasUnclean } = choose(before, draft, election, canLead, hasElr)
  draft.leader = leader
  if (leader === before.leader && !wasUnclean) return { wasUnclean }
  if (wasUnclean) {
    draft.isr = [leader]
    draft.leaderRecoveryState = RECOVERING
  } else if (leader !== NO_LEADER && !draft.isr.includes(leader)) {
    draft.isr = [leader]
    draft.elr = draft.elr.filter((replica) => replica !== leader)
  }
  return { wasUnclean }
}

function choose(
  before: PartitionImage,
  draft: Draft,
  election: Election,
  canLead: (broker: number) => boolean,
  hasElr: boolean,
): { leader: number; wasUnclean: boolean } {
  const isEligible = (replica: number): boolean =>
    canLead(replica) && (draft.isr.includes(replica) || (draft.isr.length === 0 && draft.elr.includes(replica)))
  const clean = (leader: number) => ({ leader, wasUnclean: false })
  const preferred = draft.replicas[0]
  if (election === 'PREFERRED' && preferred !== undefined && isEligible(preferred)) return clean(preferred)
  if (before.leader !== NO_LEADER && isEligible(before.leader)) return clean(before.leader)
  const eligible = draft.replicas.find(isEligible)
  if (eligible !== undefined) return clean(eligible)
  const last = before.lastKnownElr
  const isLastAlone = draft.isr.length === 0 && draft.elr.length === 0 && last.length === 1
  if (hasElr && isLastAlone && canLead(last[0]!)) return { leader: last[0]!, wasUnclean: true }
  const anyone = election === 'UNCLEAN' ? draft.replicas.find(canLead) : undefined
  return anyone === undefined ? clean(NO_LEADER) : { leader: anyone, wasUnclean: true }
}
