import type { Clock } from '../../src/base/clock.js'
import type { BrokerConfig } from '../../src/broker/broker-config.js'
import type { Controller } from '../../src/broker/controller.js'
import { ControllerClient } from '../../src/broker/controller-client.js'
import type { MetadataLog } from '../../src/broker/metadata-log.js'
import type { OtherBrokers } from '../../src/broker/other-brokers.js'
import type { QuorumCalls } from '../../src/broker/quorum-sending.js'

const nobody = (): Promise<never> => Promise.reject(new Error('there is nobody else'))
const calls: QuorumCalls = {
  ...{ vote: nobody, beginEpoch: nobody, endEpoch: nobody, updateVoter: nobody },
  ...{ addVoter: nobody, removeVoter: nobody, versionsOf: nobody },
}
const controllers: OtherBrokers = { call: nobody, close: () => {} }

/** A quorum of node 0 alone. */
export const ALONE = {
  self: { id: 0, directoryId: 'Y4Ai5tTPQR10ureFBBahzA', endpoints: [], kraftVersions: { min: 0, max: 1 } },
  calls,
}

interface Deciding {
  readonly metadata: MetadataLog
  readonly controller: Controller
  readonly config: BrokerConfig
  readonly clock: Clock
}

/** What node 0's broker asks its own controller by. */
export function clientOf(deciding: Deciding): ControllerClient {
  return new ControllerClient({ nodeId: 0, clusterId: 'AAAAAAAAAAAAAAAAAAAAAw', controllers, ...deciding })
}
