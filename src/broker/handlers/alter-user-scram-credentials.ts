import { AlterUserScramCredentials } from '../../protocol/messages/alter-user-scram-credentials.js'
import { handle } from '../handler.js'

/** Sets and removes users' SCRAM credentials (KIP-554). */
export const alterUserScramCredentials = handle(AlterUserScramCredentials, '0', (request, { broker }) =>
  broker.controller.alterScramCredentials(request),
)
