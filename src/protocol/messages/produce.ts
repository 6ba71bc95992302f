import { api, array, int16, int32, int64, records, string, struct, uuid } from '../schema.js'

/**
 * Appends batches of records to partitions. `acks` says how many replicas must have them first: 0 (nobody answers),
 * 1, or -1 for all in sync.
 *
 * v3 is the first with record batches, which Kafka 4 demands (KIP-896). v5 tells the log's start, v8 names the
 * records that were refused (KIP-467), v10 the leader to turn to instead (KIP-951). v12 enters partitions into a
 * transaction by itself (KIP-890); v13 speaks of topics by id (KIP-516).
 */
export const Produce = api(0, 'Produce', {
  versions: '3-13',
  flexible: '9+',
  request: {
    transactionalId: string('3+', { nullable: '3+', default: null }),
    acks: int16('0+'),
    timeoutMs: int32('0+'),
    topicData: array('0+', {
      name: string('0-12', { ignorable: true, mapKey: true }),
      topicId: uuid('13+', { ignorable: true, mapKey: true }),
      partitionData: array('0+', { index: int32('0+'), records: records('0+', { nullable: '0+' }) }),
    }),
  },
  response: {
    responses: array('0+', {
      name: string('0-12', { ignorable: true, mapKey: true }),
      topicId: uuid('13+', { ignorable: true, mapKey: true }),
      partitionResponses: array('0+', {
        index: int32('0+'),
        errorCode: int16('0+'),
        baseOffset: int64('0+'),
        logAppendTimeMs: int64('2+', { default: -1, ignorable: true }),
        logStartOffset: int64('5+', { default: -1, ignorable: true }),
        recordErrors: array(
          '8+',
          { batchIndex: int32('8+'), batchIndexErrorMessage: string('8+', { nullable: '8+', default: null }) },
          { ignorable: true },
        ),
        errorMessage: string('8+', { nullable: '8+', default: null, ignorable: true }),
        currentLeader: struct(
          '10+',
          { leaderId: int32('10+', { default: -1 }), leaderEpoch: int32('10+', { default: -1 }) },
          { tag: 0, taggedVersions: '10+' },
        ),
      }),
    }),
    throttleTimeMs: int32('1+', { default: 0, ignorable: true }),
    nodeEndpoints: array(
      '10+',
      {
        nodeId: int32('10+', { mapKey: true }),
        host: string('10+'),
        port: int32('10+'),
        rack: string('10+', { nullable: '10+', default: null }),
      },
      { tag: 0, taggedVersions: '10+' },
    ),
  },
})
