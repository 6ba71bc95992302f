import { api, array, int16, int32, string, uuid } from '../schema.js'

/** Deletes topics. v5 adds messages and may be throttled (KIP-599), v6 names topics by id (KIP-516). */
export const DeleteTopics = api(20, 'DeleteTopics', {
  versions: '1-6',
  flexible: '4+',
  request: {
    topics: array('6+', { name: string('6+', { nullable: '6+', default: null }), topicId: uuid('6+') }),
    topicNames: array('0-5', string, { ignorable: true }),
    timeoutMs: int32('0+'),
  },
  response: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    responses: array('0+', {
      name: string('0+', { nullable: '6+', mapKey: true }),
      topicId: uuid('6+', { ignorable: true }),
      errorCode: int16('0+'),
      errorMessage: string('5+', { nullable: '5+', default: null, ignorable: true }),
    }),
  },
})
