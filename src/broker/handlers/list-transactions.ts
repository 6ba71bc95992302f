import { JavaError } from '../../base/java-error.js'
import { javaFullMatch } from '../../base/java-regex.js'
import { ErrorCode } from '../../protocol/errors.js'
import { ListTransactions } from '../../protocol/messages/list-transactions.js'
import { listTransactions as list, unknownStates } from '../../transaction/list.js'
import { handle } from '../handler.js'

/** The transactional ids that this broker coordinates. While some of them are still being loaded, none are told. */
export const listTransactions = handle(ListTransactions, '0-2', (request, { broker }) => {
  const { stateFilters: states, producerIdFilters: producerIds, durationFilter: durationMs } = request
  const coordinators = [...broker.transactions.all()]
  const isLoading = coordinators.some(({ availability }) => availability === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
  if (isLoading) return nothing(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
  const matches = matcher(request.transactionalIdPattern)
  if (matches === null) return nothing(ErrorCode.INVALID_REGULAR_EXPRESSION)
  const filters = { states, producerIds, durationMs, matches }
  const active = coordinators.filter(({ availability }) => availability === ErrorCode.NONE)
  return {
    errorCode: ErrorCode.NONE,
    unknownStateFilters: unknownStates(states),
    transactionStates: active.flatMap(({ state }) => list(state, filters, broker.clock.now())),
  }
})

/** For all of an id, in Java's notation; null where it is no expression. */
function matcher(pattern: string | null): ((id: string) => boolean) | null {
  if (pattern === null || pattern === '') return () => true
  try {
    return javaFullMatch(pattern)
  } catch (error) {
    if (!(error instanceof JavaError)) throw error
    return null
  }
}

function nothing(errorCode: ErrorCode) {
  return { errorCode, unknownStateFilters: [], transactionStates: [] }
}
