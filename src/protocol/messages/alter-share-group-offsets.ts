import { api, array, int16, int32, int64, string, uuid } from '../schema.js'

/** Moves where a share group starts to read (KIP-932). */
export const AlterShareGroupOffsets = api(91, 'AlterShareGroupOffsets', {
  versions: '0',
  flexible: '0+',
  request: {
    groupId: string('0+'),
    topics: array('0+', {
      topicName: string('0+', { mapKey: true }),
      partitions: array('0+', { partitionIndex: int32('0+'), startOffset: int64('0+') }),
    }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    responses: array('0+', {
      topicName: string('0+', { mapKey: true }),
      topicId: uuid('0+'),
      partitions: array('0+', {
        partitionIndex: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+', default: null }),
      }),
    }),
  },
})
