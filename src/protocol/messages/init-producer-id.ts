import { api, boolean, int16, int32, int64Bits, string } from '../schema.js'

/**
 * Gives a producer its id and epoch; with a transactional id it also ends what an earlier producer left open
 * (KIP-98).
 *
 * v3 lets a producer raise its own epoch (KIP-360), v4 may answer PRODUCER_FENCED, v5 TRANSACTION_ABORTABLE
 * (KIP-890). v6 is for two-phase commit (KIP-939) and not yet stable.
 */
export const InitProducerId = api(22, 'InitProducerId', {
  versions: '0-6',
  flexible: '2+',
  request: {
    transactionalId: string('0+', { nullable: '0+' }),
    transactionTimeoutMs: int32('0+'),
    producerId: int64Bits('3+', { default: -1n }),
    producerEpoch: int16('3+', { default: -1 }),
    enable2Pc: boolean('6+', { default: false }),
    keepPreparedTxn: boolean('6+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('0+', { ignorable: true }),
    errorCode: int16('0+'),
    producerId: int64Bits('0+', { default: -1n }),
    producerEpoch: int16('0+'),
    ongoingTxnProducerId: int64Bits('6+', { default: -1n }),
    ongoingTxnProducerEpoch: int16('6+', { default: -1 }),
  },
})
