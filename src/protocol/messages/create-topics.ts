import { api, array, boolean, int8, int16, int32, string, uuid } from '../schema.js'

/**
 * Creates topics. v4 lets the broker choose partitions and replicas (-1), v5 describes what was made (KIP-525), v6
 * may be throttled (KIP-599), v7 returns topic ids (KIP-516).
 */
export const CreateTopics = api(19, 'CreateTopics', {
  versions: '2-7',
  flexible: '5+',
  request: {
    topics: array('0+', {
      name: string('0+', { mapKey: true }),
      numPartitions: int32('0+'),
      replicationFactor: int16('0+'),
      assignments: array('0+', { partitionIndex: int32('0+', { mapKey: true }), brokerIds: array('0+', int32) }),
      configs: array('0+', { name: string('0+', { mapKey: true }), value: string('0+', { nullable: '0+' }) }),
    }),
    timeoutMs: int32('0+', { default: 60000 }),
    validateOnly: boolean('1+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array('0+', {
      name: string('0+', { mapKey: true }),
      topicId: uuid('7+', { ignorable: true }),
      errorCode: int16('0+'),
      errorMessage: string('1+', { nullable: '0+', ignorable: true }),
      topicConfigErrorCode: int16('5+', { tag: 0, taggedVersions: '5+', ignorable: true }),
      numPartitions: int32('5+', { default: -1, ignorable: true }),
      replicationFactor: int16('5+', { default: -1, ignorable: true }),
      configs: array(
        '5+',
        {
          name: string('5+'),
          value: string('5+', { nullable: '5+' }),
          readOnly: boolean('5+'),
          configSource: int8('5+', { default: -1, ignorable: true }),
          isSensitive: boolean('5+'),
        },
        { nullable: '5+', ignorable: true },
      ),
    }),
  },
})
