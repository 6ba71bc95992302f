import { ErrorCode } from '../../protocol/errors.js'
import { ListTransactions } from '../../protocol/messages/list-transactions.js'
import { listTransactions as list, unknownStates } from '../../transaction/list.js'
import { handle } from '../handler.js'
import { matchingTexts } from '../matching-texts.js'

/** The transactional ids that this broker coordinates. While some of them are still being loaded, none are told. */
export const listTransactions = handle(ListTransactions, '0-2', (request, { broker }) => {
  const { stateFilters: states, producerIdFilters: producerIds, durationFilter: durationMs } = request
  const coordinators = [...broker.transactions.all()]
  const isLoading = coordinators.some(({ availability }) => availability === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
  if (isLoading) return nothing(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
  const active = coordinators.filter(({ availability }) => availability === ErrorCode.NONE).map(({ state }) => state)
  const matches = matcher(
    request.transactionalIdPattern,
    active.flatMap((transactions) => Array.from(transactions, ({ id }) => id)),
  )
  if (matches === null) return nothing(ErrorCode.INVALID_REGULAR_EXPRESSION)
  const filters = { states: new Set(states), producerIds: new Set(producerIds), durationMs, matches }
  return {
    errorCode: ErrorCode.NONE,
    unknownStateFilters: unknownStates(states),
    transactionStates: active.flatMap((transactions) => list(transactions, filters, broker.clock.now())),
  }
})

function matcher(pattern: string | null, ids: readonly string[]): ((id: string) => boolean) | null {
  if (pattern === null || pattern === '') return () => true
  const matching = matchingTexts(pattern, ids)
  return matching === null ? null : (id) => matching.has(id)
}

function nothing(errorCode: ErrorCode) {
  return { errorCode, unknownStateFilters: [], transactionStates: [] }
}
