import { api, array, int16, int32, int64, string, uuid } from '../schema.js'

/** A group coordinator has the state of share partitions begun (KIP-932). */
export const InitializeShareGroupState = api(83, 'InitializeShareGroupState', {
  versions: '0',
  flexible: '0+',
  request: {
    groupId: string('0+'),
    topics: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', { partition: int32('0+'), stateEpoch: int32('0+'), startOffset: int64('0+') }),
    }),
  },
  response: {
    results: array('0+', {
      topicId: uuid('0+'),
      partitions: array('0+', {
        partition: int32('0+'),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+', default: null }),
      }),
    }),
  },
})
