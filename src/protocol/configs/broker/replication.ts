import { boolean, type ConfigDefinition, int, long, string } from '../definition.js'
import { atLeast, oneOf } from '../validator.js'

/** Copies of a partition and who leads it. */
export const replicationConfigs: readonly ConfigDefinition[] = [
  int('default.replication.factor', 1, 'MEDIUM'),
  long('replica.lag.time.max.ms', 30000, 'HIGH'),
  int('replica.socket.timeout.ms', 30000, 'HIGH'),
  int('replica.socket.receive.buffer.bytes', 65536, 'HIGH'),
  int('replica.fetch.max.bytes', 1048576, 'MEDIUM', atLeast(0)),
  int('replica.fetch.wait.max.ms', 500, 'HIGH'),
  int('replica.fetch.backoff.ms', 1000, 'MEDIUM', atLeast(0)),
  int('replica.fetch.min.bytes', 1, 'HIGH'),
  int('replica.fetch.response.max.bytes', 10485760, 'MEDIUM', atLeast(0)),
  int('num.replica.fetchers', 1, 'HIGH', atLeast(1), 'cluster-wide'),
  long('replica.high.watermark.checkpoint.interval.ms', 5000, 'HIGH'),
  int('fetch.purgatory.purge.interval.requests', 1000, 'MEDIUM'),
  int('producer.purgatory.purge.interval.requests', 1000, 'MEDIUM'),
  int('delete.records.purgatory.purge.interval.requests', 1, 'MEDIUM'),
  boolean('auto.leader.rebalance.enable', true, 'HIGH'),
  long('leader.imbalance.check.interval.seconds', 300, 'HIGH', atLeast(1)),
  long('unclean.leader.election.interval.ms', 300000, 'MEDIUM', atLeast(1), 'internal'),
  boolean('unclean.leader.election.enable', false, 'HIGH', 'cluster-wide'),
  string(
    'security.inter.broker.protocol',
    'PLAINTEXT',
    'MEDIUM',
    oneOf('PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'),
  ),
  string('inter.broker.listener.name', null, 'MEDIUM'),
  string('replica.selector.class', null, 'MEDIUM'),
  boolean('follower.fetch.last.tiered.offset.enable', false, 'MEDIUM', 'cluster-wide'),
]
