import { api, array, int16, int32, int64, int64Bits, string } from '../schema.js'

/**
 * Lists the transactions that a broker coordinates (KIP-664). v1 filters by age (KIP-994), v2 by a pattern
 * (KIP-1152).
 */
export const ListTransactions = api(66, 'ListTransactions', {
  versions: '0-2',
  flexible: '0+',
  request: {
    stateFilters: array('0+', string),
    producerIdFilters: array('0+', int64Bits),
    durationFilter: int64('1+', { default: -1 }),
    transactionalIdPattern: string('2+', { nullable: '2+', default: null }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    unknownStateFilters: array('0+', string),
    transactionStates: array('0+', {
      transactionalId: string('0+'),
      producerId: int64Bits('0+'),
      transactionState: string('0+'),
    }),
  },
})
