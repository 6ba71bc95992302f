import { boolean, type ConfigDefinition, int, short } from '../definition.js'
import { atLeast } from '../validator.js'

/** Transactions and producer ids. */
export const transactionConfigs: readonly ConfigDefinition[] = [
  int('transaction.state.log.min.isr', 2, 'HIGH', atLeast(1)),
  int('transaction.state.log.load.buffer.size', 5242880, 'HIGH', atLeast(1)),
  short('transaction.state.log.replication.factor', 3, 'HIGH', atLeast(1)),
  int('transaction.state.log.num.partitions', 50, 'HIGH', atLeast(1)),
  int('transaction.state.log.segment.bytes', 104857600, 'HIGH', atLeast(1)),
  boolean('transaction.partition.verification.enable', true, 'LOW', 'cluster-wide'),
  int('producer.id.expiration.ms', 86400000, 'LOW', atLeast(1), 'cluster-wide'),
  int('producer.id.expiration.check.interval.ms', 600000, 'LOW', atLeast(1), 'internal'),
  int('transactional.id.expiration.ms', 604800000, 'HIGH', atLeast(1)),
  int('transaction.max.timeout.ms', 900000, 'HIGH', atLeast(1)),
  int('transaction.abort.timed.out.transaction.cleanup.interval.ms', 10000, 'LOW', atLeast(1)),
  int('transaction.remove.expired.transaction.cleanup.interval.ms', 3600000, 'LOW', atLeast(1)),
  boolean('transaction.two.phase.commit.enable', false, 'LOW'),
  int('add.partitions.to.txn.retry.backoff.max.ms', 100, 'HIGH', atLeast(0)),
  int('add.partitions.to.txn.retry.backoff.ms', 20, 'HIGH', atLeast(1)),
]
