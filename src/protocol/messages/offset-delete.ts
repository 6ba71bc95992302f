import { api, array, int16, int32, string } from '../schema.js'

/** Forgets a group's offsets for single partitions (KIP-496). Never became flexible. */
export const OffsetDelete = api(47, 'OffsetDelete', {
  versions: '0',
  flexible: 'none',
  request: {
    groupId: string('0+'),
    topics: array('0+', {
      name: string('0+', { mapKey: true }),
      partitions: array('0+', { partitionIndex: int32('0+') }),
    }),
  },
  response: {
    errorCode: int16('0+'),
    throttleTimeMs: int32('0+', { ignorable: true }),
    topics: array('0+', {
      name: string('0+', { mapKey: true }),
      partitions: array('0+', { partitionIndex: int32('0+', { mapKey: true }), errorCode: int16('0+') }),
    }),
  },
})
