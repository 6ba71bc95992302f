import { api, array, int16, int32, string } from '../schema.js'

/** Deletes groups that have no members, with their offsets (KIP-229). */
export const DeleteGroups = api(42, 'DeleteGroups', {
  versions: '0-2',
  flexible: '2+',
  request: { groupsNames: array('0+', string) },
  response: {
    throttleTimeMs: int32('0+'),
    results: array('0+', { groupId: string('0+', { mapKey: true }), errorCode: int16('0+') }),
  },
})
