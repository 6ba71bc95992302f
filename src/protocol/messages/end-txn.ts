import { api, boolean, int16, int32, int64Bits, string } from '../schema.js'

/**
 * Commits or aborts a transaction (KIP-98). Since v5 each transaction ends with a new epoch, which the answer brings
 * (KIP-890).
 */
export const EndTxn = api(26, 'EndTxn', {
  versions: '0-5',
  flexible: '3+',
  request: {
    transactionalId: string('0+'),
    producerId: int64Bits('0+'),
    producerEpoch: int16('0+'),
    committed: boolean('0+'),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    producerId: int64Bits('5+', { default: -1n, ignorable: true }),
    producerEpoch: int16('5+', { default: -1, ignorable: true }),
  },
})
