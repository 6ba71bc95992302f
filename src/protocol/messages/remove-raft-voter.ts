import { api, int16, int32, string, uuid } from '../schema.js'

/** Takes a voter out of a Raft quorum (KIP-853). */
export const RemoveRaftVoter = api(81, 'RemoveRaftVoter', {
  versions: '0',
  flexible: '0+',
  request: { clusterId: string('0+', { nullable: '0+' }), voterId: int32('0+'), voterDirectoryId: uuid('0+') },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', ignorable: true }),
  },
})
