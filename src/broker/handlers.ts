import type { Handler } from './handler.js'
import { apiVersions } from './handlers/api-versions.js'
import { deleteRecords } from './handlers/delete-records.js'
import { describeLogDirs } from './handlers/describe-log-dirs.js'
import { describeProducers } from './handlers/describe-producers.js'
import { fetch } from './handlers/fetch.js'
import { initProducerId } from './handlers/init-producer-id.js'
import { listOffsets } from './handlers/list-offsets.js'
import { offsetForLeaderEpoch } from './handlers/offset-for-leader-epoch.js'
import { produce } from './handlers/produce.js'
import { saslAuthenticate } from './handlers/sasl-authenticate.js'
import { saslHandshake } from './handlers/sasl-handshake.js'

/** Everything that a broker answers, by the name of the file. ApiVersions is this list, read aloud. */
export const handlers: readonly Handler[] = [
  apiVersions,
  deleteRecords,
  describeLogDirs,
  describeProducers,
  fetch,
  initProducerId,
  listOffsets,
  offsetForLeaderEpoch,
  produce,
  saslAuthenticate,
  saslHandshake,
]
