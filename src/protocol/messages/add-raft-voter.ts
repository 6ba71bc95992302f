import { api, array, boolean, int16, int32, string, uint16, uuid } from '../schema.js'

/** Adds a voter to a Raft quorum (KIP-853). v1 can answer before the change is committed (KIP-1186). */
export const AddRaftVoter = api(80, 'AddRaftVoter', {
  versions: '0-1',
  flexible: '0+',
  request: {
    clusterId: string('0+', { nullable: '0+' }),
    timeoutMs: int32('0+'),
    voterId: int32('0+'),
    voterDirectoryId: uuid('0+'),
    listeners: array('0+', { name: string('0+', { mapKey: true }), host: string('0+'), port: uint16('0+') }),
    ackWhenCommitted: boolean('1+', { default: true }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', ignorable: true }),
  },
})
