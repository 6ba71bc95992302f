import { type ConfigDefinition, double, INT_MAX, int, LONG_MAX, long } from './definition.js'
import { atLeast } from './validator.js'

/** Rates of a broker, set dynamically on the broker resource. */
export const replicationQuotaDefinitions: readonly ConfigDefinition[] = [
  long('follower.replication.throttled.rate', LONG_MAX, 'MEDIUM', atLeast(0), 'cluster-wide'),
  long('leader.replication.throttled.rate', LONG_MAX, 'MEDIUM', atLeast(0), 'cluster-wide'),
  long('replica.alter.log.dirs.io.max.bytes.per.second', LONG_MAX, 'MEDIUM', atLeast(0), 'cluster-wide'),
]

/** Rates of a user, a client id, or a client id of a user. */
export const clientQuotaDefinitions: readonly ConfigDefinition[] = [
  long('consumer_byte_rate', LONG_MAX, 'MEDIUM'),
  double('controller_mutation_rate', '2.147483647E9', 'MEDIUM'),
  long('producer_byte_rate', LONG_MAX, 'MEDIUM'),
  double('request_percentage', '2.147483647E9', 'MEDIUM'),
]

/** Rates of an address. */
export const ipQuotaDefinitions: readonly ConfigDefinition[] = [
  int('connection_creation_rate', INT_MAX, 'MEDIUM', atLeast(0)),
]
