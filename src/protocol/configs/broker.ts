import { groupCoordinatorConfigs } from './broker/groups.js'
import { kraftConfigs } from './broker/kraft.js'
import { logConfigs } from './broker/log.js'
import { metricsConfigs } from './broker/metrics.js'
import { networkConfigs } from './broker/network.js'
import { quorumConfigs } from './broker/quorum.js'
import { remoteStorageConfigs } from './broker/remote-storage.js'
import { replicationConfigs } from './broker/replication.js'
import { securityConfigs } from './broker/security.js'
import { serverConfigs } from './broker/server.js'
import { shareConfigs } from './broker/share.js'
import { transactionConfigs } from './broker/transactions.js'
import type { ConfigDefinition } from './definition.js'

export const brokerConfigs: ReadonlyMap<string, ConfigDefinition> = new Map(
  [
    ...remoteStorageConfigs,
    ...serverConfigs,
    ...kraftConfigs,
    ...networkConfigs,
    ...replicationConfigs,
    ...groupCoordinatorConfigs,
    ...logConfigs,
    ...shareConfigs,
    ...transactionConfigs,
    ...quorumConfigs,
    ...metricsConfigs,
    ...securityConfigs,
  ].map((definition) => [definition.name, definition]),
)
