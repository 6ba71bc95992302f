import { api, array, int8, int16, int32, string } from '../schema.js'

/**
 * Makes the first replica of partitions their leader again (KIP-183), or, from v1, any replica that is left
 * (KIP-460). `topicPartitions` null is all.
 */
export const ElectLeaders = api(43, 'ElectLeaders', {
  versions: '0-2',
  flexible: '2+',
  request: {
    electionType: int8('1+'),
    topicPartitions: array(
      '0+',
      { topic: string('0+', { mapKey: true }), partitions: array('0+', int32) },
      { nullable: '0+' },
    ),
    timeoutMs: int32('0+', { default: 60000 }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('1+'),
    replicaElectionResults: array('0+', {
      topic: string('0+'),
      partitionResult: array('0+', {
        partitionId: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+' }),
      }),
    }),
  },
})
