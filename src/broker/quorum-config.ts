import type { QuorumConfig } from '../quorum/quorum.js'
import type { BrokerConfig } from './broker-config.js'

/** `controller.quorum.*`, as elections go by it. */
export function quorumConfig(config: BrokerConfig): QuorumConfig {
  return {
    electionTimeoutMs: config.int('controller.quorum.election.timeout.ms'),
    fetchTimeoutMs: config.int('controller.quorum.fetch.timeout.ms'),
    electionBackoffMsMax: config.int('controller.quorum.election.backoff.max.ms'),
    requestTimeoutMs: config.int('controller.quorum.request.timeout.ms'),
    joinsByItself: config.boolean('controller.quorum.auto.join.enable'),
  }
}
