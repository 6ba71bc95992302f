import type { IsrOutcome, IsrProposal } from './isr-proposals.js'

/** What a partition's leader goes by when it decides who is in sync. */
export interface ReplicationView {
  /** `replica.lag.time.max.ms`, as it is at the moment. */
  lagMsMax(): number
  /** The epoch that the metadata knows a broker by; -1 where it knows none. */
  brokerEpoch(id: number): number
  /** Whether a broker is in service at all. */
  isAlive(id: number): boolean
  /** Whether a broker is in service, and not about to leave. */
  isActive(id: number): boolean
  /** Asks the controller for other in-sync replicas; `settle` is called once at most. */
  propose(proposal: IsrProposal, settle: (outcome: IsrOutcome) => void): void
}
