import { GroupFilter, listGroups as list } from '../../group/describe.js'
import { ErrorCode } from '../../protocol/errors.js'
import { ListGroups } from '../../protocol/messages/list-groups.js'
import { handle } from '../handler.js'

/** The groups that this broker coordinates. While some of them are still being loaded, none are told. */
export const listGroups = handle(ListGroups, '0-5', ({ statesFilter, typesFilter }, { broker }) => {
  const coordinators = [...broker.groups.all()]
  const isLoading = coordinators.some(({ availability }) => availability === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
  if (isLoading) return { errorCode: ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, groups: [] }
  const active = coordinators.filter(({ availability }) => availability === ErrorCode.NONE)
  const filter = new GroupFilter({ states: statesFilter, types: typesFilter })
  return { errorCode: ErrorCode.NONE, groups: active.flatMap(({ state }) => list(state, filter)) }
})
