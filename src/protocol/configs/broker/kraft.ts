import { type ConfigDefinition, int, LONG_MAX, list, long, REQUIRED, string } from '../definition.js'
import { atLeast, someEntries, someEntriesOf } from '../validator.js'

/** Roles of a process, its registration, and the metadata log. */
export const kraftConfigs: readonly ConfigDefinition[] = [
  list('process.roles', REQUIRED, 'HIGH', someEntriesOf('broker', 'controller')),
  int('node.id', REQUIRED, 'HIGH', atLeast(0)),
  int('initial.broker.registration.timeout.ms', 60000, 'MEDIUM'),
  int('broker.heartbeat.interval.ms', 2000, 'MEDIUM'),
  int('broker.session.timeout.ms', 9000, 'MEDIUM'),
  list('controller.listener.names', REQUIRED, 'HIGH', someEntries),
  string('sasl.mechanism.controller.protocol', 'GSSAPI', 'HIGH'),
  long('controller.performance.sample.period.ms', 60000, 'MEDIUM', atLeast(100), 'internal'),
  long('controller.performance.always.log.threshold.ms', 2000, 'MEDIUM', atLeast(0), 'internal'),
  long('server.max.startup.time.ms', LONG_MAX, 'MEDIUM', atLeast(0), 'internal'),
  long('metadata.log.max.record.bytes.between.snapshots', 20971520, 'HIGH', atLeast(1)),
  long('metadata.log.max.snapshot.interval.ms', 3600000, 'HIGH', atLeast(0)),
  string('metadata.log.dir', null, 'HIGH'),
  int('metadata.log.segment.bytes', 1073741824, 'HIGH', atLeast(8388608)),
  long('metadata.log.segment.ms', 604800000, 'HIGH'),
  long('metadata.max.retention.bytes', 104857600, 'HIGH'),
  long('metadata.max.retention.ms', 604800000, 'HIGH'),
  int('metadata.max.idle.interval.ms', 500, 'LOW', atLeast(0)),
  int('internal.metadata.log.segment.bytes', null, 'LOW', 'internal'),
  int('internal.metadata.max.batch.size.in.bytes', 8388608, 'LOW', 'internal'),
  long('internal.metadata.delete.delay.millis', 60000, 'LOW', 'internal'),
]
