import { api, int16, int32, int64Bits, string } from '../schema.js'

/** Enters a group's offsets into a transaction (KIP-98). v4 may answer TRANSACTION_ABORTABLE (KIP-890). */
export const AddOffsetsToTxn = api(25, 'AddOffsetsToTxn', {
  versions: '0-4',
  flexible: '3+',
  request: {
    transactionalId: string('0+'),
    producerId: int64Bits('0+'),
    producerEpoch: int16('0+'),
    groupId: string('0+'),
  },
  response: { throttleTimeMs: int32('0+'), errorCode: int16('0+') },
})
