import { type ConfigDefinition, int, short, string } from '../definition.js'
import { atLeast, between } from '../validator.js'

/** Share groups and their coordinator. */
export const shareConfigs: readonly ConfigDefinition[] = [
  int('group.share.delivery.count.limit', 5, 'MEDIUM', between(2, 10)),
  int('group.share.max.delivery.count.limit', 10, 'MEDIUM', between(5, 25)),
  int('group.share.min.delivery.count.limit', 2, 'MEDIUM', between(2, 5)),
  int('group.share.record.lock.duration.ms', 30000, 'MEDIUM', between(1000, 3600000)),
  int('group.share.min.record.lock.duration.ms', 15000, 'MEDIUM', between(1000, 30000)),
  int('group.share.max.record.lock.duration.ms', 60000, 'MEDIUM', between(30000, 3600000)),
  int('group.share.partition.max.record.locks', 2000, 'MEDIUM', between(100, 10000)),
  int('group.share.max.partition.max.record.locks', 4000, 'MEDIUM', between(2000, 10000)),
  int('group.share.min.partition.max.record.locks', 100, 'MEDIUM', between(100, 2000)),
  int('share.fetch.purgatory.purge.interval.requests', 1000, 'MEDIUM'),
  int('group.share.max.share.sessions', 2000, 'MEDIUM', atLeast(1)),
  string(
    'group.share.persister.class.name',
    'org.apache.kafka.server.share.persister.DefaultStatePersister',
    'MEDIUM',
    'internal',
  ),
  int('share.coordinator.state.topic.num.partitions', 50, 'HIGH', atLeast(1)),
  short('share.coordinator.state.topic.replication.factor', 3, 'HIGH', atLeast(1)),
  short('share.coordinator.state.topic.min.isr', 2, 'HIGH', atLeast(1)),
  int('share.coordinator.state.topic.segment.bytes', 104857600, 'HIGH', atLeast(1)),
  int('share.coordinator.threads', 1, 'MEDIUM', atLeast(1)),
  int('share.coordinator.snapshot.update.records.per.snapshot', 500, 'MEDIUM', between(0, 500)),
  int('share.coordinator.load.buffer.size', 5242880, 'HIGH', atLeast(1)),
  int('share.coordinator.state.topic.compression.codec', 0, 'HIGH'),
  int('share.coordinator.append.linger.ms', -1, 'MEDIUM', atLeast(-1)),
  int('share.coordinator.write.timeout.ms', 5000, 'HIGH', atLeast(1)),
  int('share.coordinator.state.topic.prune.interval.ms', 300000, 'LOW', atLeast(1), 'internal'),
  int('share.coordinator.cold.partition.snapshot.interval.ms', 300000, 'LOW', atLeast(1), 'internal'),
  int('share.coordinator.cached.buffer.max.bytes', 1048588, 'MEDIUM', atLeast(524288), 'cluster-wide'),
]
