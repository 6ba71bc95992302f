import { boolean, type ConfigDefinition, int, list, long, string } from '../definition.js'
import { anyEntries, anyEntriesOrNull, atLeast, between, betweenOrMinusOne, notNull, oneOf } from '../validator.js'

/** The process: its threads, its place, its limits, compression on the broker. */
export const serverConfigs: readonly ConfigDefinition[] = [
  int('broker.id', -1, 'HIGH'),
  int('message.max.bytes', 1048588, 'HIGH', atLeast(0), 'cluster-wide'),
  int('num.io.threads', 8, 'HIGH', atLeast(1), 'cluster-wide'),
  int('num.replica.alter.log.dirs.threads', null, 'HIGH'),
  int('background.threads', 10, 'HIGH', atLeast(1), 'cluster-wide'),
  int('request.timeout.ms', 30000, 'HIGH'),
  long('socket.connection.setup.timeout.ms', 10000, 'MEDIUM'),
  long('socket.connection.setup.timeout.max.ms', 30000, 'MEDIUM'),
  list('config.providers', '', 'LOW', anyEntries, 'cluster-wide'),
  string('authorizer.class.name', '', 'LOW', notNull),
  list('early.start.listeners', null, 'HIGH', anyEntriesOrNull),
  string('broker.rack', null, 'MEDIUM'),
  boolean('controlled.shutdown.enable', true, 'MEDIUM'),
  boolean('delete.topic.enable', true, 'HIGH'),
  string(
    'compression.type',
    'producer',
    'HIGH',
    oneOf('uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'),
    'cluster-wide',
  ),
  int('compression.gzip.level', -1, 'MEDIUM', betweenOrMinusOne(1, 9), 'cluster-wide'),
  int('compression.lz4.level', 9, 'MEDIUM', between(1, 17), 'cluster-wide'),
  int('compression.zstd.level', 3, 'MEDIUM', between(-131072, 22), 'cluster-wide'),
  int('max.incremental.fetch.session.cache.slots', 1000, 'MEDIUM', atLeast(0)),
  int('fetch.max.bytes', 57671680, 'MEDIUM', atLeast(1024)),
  int('max.request.partition.size.limit', 2000, 'MEDIUM', atLeast(1)),
  boolean('unstable.api.versions.enable', false, 'HIGH', 'internal'),
  boolean('unstable.feature.versions.enable', false, 'HIGH', 'internal'),
]
