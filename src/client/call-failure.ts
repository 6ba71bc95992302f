import { PeerError } from '../net/peer-error.js'
import { isRetriable, needsFreshMetadata } from '../protocol/errors.js'
import { CallTimeout, ClientError, KafkaError } from './kafka-error.js'

/** What a call to a cluster may throw; anything else is a mistake of ours. */
export type CallFailure = KafkaError | ClientError | PeerError

export function isCallFailure(error: unknown): error is CallFailure {
  return error instanceof KafkaError || error instanceof ClientError || error instanceof PeerError
}

/** Whether the same call may succeed later. */
export function mayPass(error: CallFailure): boolean {
  if (error instanceof KafkaError) {
    return error instanceof CallTimeout || isRetriable(error.code) || needsFreshMetadata(error.code)
  }
  return error instanceof PeerError
}
