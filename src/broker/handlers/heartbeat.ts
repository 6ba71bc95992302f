import { heartbeat as beat } from '../../group/heartbeat.js'
import { ErrorCode } from '../../protocol/errors.js'
import { Heartbeat } from '../../protocol/messages/heartbeat.js'
import { handle } from '../handler.js'

/** A member says that it is alive, and hears whether it has to join again. */
export const heartbeat = handle(
  Heartbeat,
  '0-4',
  async ({ groupId, memberId, generationId, groupInstanceId }, { broker }) => {
    const errorCode = await broker.groups.askNamed<ErrorCode>(
      groupId,
      (turn, asker) => beat(turn, { asker, groupId, memberId, generation: generationId, instanceId: groupInstanceId }),
      // A coordinator that is still loading knows no members yet: nobody is sent away for that.
      (error) => (error === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NONE : error),
    )
    return { errorCode }
  },
)
