/** How much of the bench runs. */
export interface Scope {
  /** How often each pair is measured, after the round that warms up. */
  readonly rounds: number
  /** Whether Apache Kafka is started, too. */
  readonly hasApache: boolean
}
