import { ErrorCode } from '../protocol/errors.js'
import { joinRefusal, syncRefusal } from './answers.js'
import { sessionTimer } from './effects.js'
import type { Group } from './group.js'
import type { Turn } from './groups.js'
import { type JoinEvent, waitForJoin } from './join.js'
import type { Member } from './members.js'
import { answerJoin, answerSync, completeIfAllJoined, joined, keepAlive, rebalance, writeGroup } from './rebalance.js'

/**
 * A static member that is known by its instance id came back without its member id: it was restarted. It takes its old
 * place under a new id. Whoever still uses the old id is fenced. In a stable group nobody else is disturbed.
 */
export function rejoinStaticMember(turn: Turn, group: Group, event: JoinEvent, old: Member, memberId: string): void {
  const { effects } = turn
  const oldLeader = group.leaderId
  answerJoin(effects, old, joinRefusal(ErrorCode.FENCED_INSTANCE_ID, old.id))
  answerSync(effects, old, syncRefusal(ErrorCode.FENCED_INSTANCE_ID))
  effects.cancelTimer(sessionTimer(group.id, old.id))
  const member = group.replaceMember(old, memberId)
  keepAlive(turn, group, member)
  waitForJoin(turn, group, member, event)
  if (group.state === 'PreparingRebalance') {
    completeIfAllJoined(turn, group)
  } else if (group.state !== 'Stable') {
    rebalance(turn, group, `static member ${memberId} replaced ${old.id}`)
  } else if (group.members.preferredProtocol() !== group.protocolName) {
    rebalance(turn, group, `static member ${memberId} replaced ${old.id} and changed the protocol`)
  } else {
    writeReplacement(turn, group, event, { old, member, oldLeader })
  }
}

interface Replacement {
  readonly old: Member
  readonly member: Member
  readonly oldLeader: string | null
}

function writeReplacement(turn: Turn, group: Group, event: JoinEvent, { old, member, oldLeader }: Replacement): void {
  writeGroup(turn.effects, group, (error, { now, effects }) => {
    // It may have left, been replaced, or joined a rebalance since.
    if (group.members.find(member.id) !== member) return
    if (error !== ErrorCode.NONE) {
      putBack({ ...turn, now, effects }, group, member, old)
      effects.reply(event.asker, joinRefusal(error, ''))
    } else if (member.awaitingJoin === event.asker && group.state === 'Stable') {
      const isLeader = group.leaderId === member.id
      // A leader that does not know of skipping must not think that it leads, or it would assign anew.
      const answer = event.knowsSkippedAssignment
        ? { ...joined(group, member), skipAssignment: isLeader }
        : { ...joined(group, member, false), leader: oldLeader ?? '' }
      answerJoin(effects, member, answer)
    }
  })
}

/** The log knows nothing of the new id: the old one holds its place again. */
function putBack(turn: Turn, group: Group, member: Member, old: Member): void {
  member.awaitingJoin = null
  turn.effects.cancelTimer(sessionTimer(group.id, member.id))
  const restored = group.replaceMember(member, old.id)
  group.members.setProtocols(restored, old.protocols)
  restored.sessionTimeoutMs = old.sessionTimeoutMs
  restored.rebalanceTimeoutMs = old.rebalanceTimeoutMs
  keepAlive(turn, group, restored)
}
