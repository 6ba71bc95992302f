import { api, array, int8, int16, int32, int64, uuid } from '../schema.js'

/**
 * A leader asks the controller to change its in-sync replicas (KIP-497). v2 names topics by id (KIP-841), v3 brokers
 * with their epoch (KIP-903).
 */
export const AlterPartition = api(56, 'AlterPartition', {
  versions: '2-3',
  flexible: '0+',
  request: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { default: -1 }),
    topics: array('0+', {
      topicId: uuid('2+', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        leaderEpoch: int32('0+'),
        newIsr: array('0-2', int32),
        newIsrWithEpochs: array('3+', { brokerId: int32('3+'), brokerEpoch: int64('3+', { default: -1 }) }),
        leaderRecoveryState: int8('1+', { default: 0 }),
        partitionEpoch: int32('0+'),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    topics: array('0+', {
      topicId: uuid('2+', { ignorable: true }),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        leaderId: int32('0+'),
        leaderEpoch: int32('0+'),
        isr: array('0+', int32),
        leaderRecoveryState: int8('1+', { default: 0, ignorable: true }),
        partitionEpoch: int32('0+'),
      }),
    }),
  },
})
