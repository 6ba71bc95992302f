import { api, array, int16, int32, string, uuid } from '../schema.js'

/** Forgets where a share group starts to read (KIP-932). */
export const DeleteShareGroupOffsets = api(92, 'DeleteShareGroupOffsets', {
  versions: '0',
  flexible: '0+',
  request: { groupId: string('0+'), topics: array('0+', { topicName: string('0+') }) },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    responses: array('0+', {
      topicName: string('0+'),
      topicId: uuid('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+', default: null }),
    }),
  },
})
