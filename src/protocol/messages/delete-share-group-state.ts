import { api, array, int16, int32, string, uuid } from '../schema.js'

/** A group coordinator has the state of share partitions deleted (KIP-932). */
export const DeleteShareGroupState = api(86, 'DeleteShareGroupState', {
  versions: '0',
  flexible: '0+',
  request: {
    groupId: string('0+'),
    topics: array('0+', { topicId: uuid('0+'), partitions: array('0+', { partition: int32('0+') }) }),
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
