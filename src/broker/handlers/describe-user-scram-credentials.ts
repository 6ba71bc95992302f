import { describeScramCredentials } from '../../cluster/describe-scram-credentials.js'
import { ErrorCode } from '../../protocol/errors.js'
import { DescribeUserScramCredentials } from '../../protocol/messages/describe-user-scram-credentials.js'
import { handle } from '../handler.js'

/** Tells who has SCRAM credentials, and never what they are (KIP-554). */
export const describeUserScramCredentials = handle(DescribeUserScramCredentials, '0', ({ users }, { broker }) => ({
  errorCode: ErrorCode.NONE,
  errorMessage: '',
  results: describeScramCredentials(broker.metadata.image, users?.map(({ name }) => name) ?? null),
}))
