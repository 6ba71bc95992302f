import { type ConfigDefinition, int, javaClass, list, long, string } from '../definition.js'
import { anyEntries, atLeast } from '../validator.js'

/** Metrics, telemetry and the windows of quotas. */
export const metricsConfigs: readonly ConfigDefinition[] = [
  int('metrics.num.samples', 2, 'LOW', atLeast(1)),
  long('metrics.sample.window.ms', 30000, 'LOW', atLeast(1)),
  list('metric.reporters', 'org.apache.kafka.common.metrics.JmxReporter', 'LOW', anyEntries, 'cluster-wide'),
  string('metrics.recording.level', 'INFO', 'LOW'),
  list('kafka.metrics.reporters', '', 'LOW', anyEntries),
  int('kafka.metrics.polling.interval.secs', 10, 'LOW', atLeast(1)),
  int('telemetry.max.bytes', 1048576, 'LOW', atLeast(1)),
  int('quota.window.num', 11, 'LOW', atLeast(1)),
  int('replication.quota.window.num', 11, 'LOW', atLeast(1)),
  int('alter.log.dirs.replication.quota.window.num', 11, 'LOW', atLeast(1)),
  int('controller.quota.window.num', 11, 'LOW', atLeast(1)),
  int('quota.window.size.seconds', 1, 'LOW', atLeast(1)),
  int('replication.quota.window.size.seconds', 1, 'LOW', atLeast(1)),
  int('alter.log.dirs.replication.quota.window.size.seconds', 1, 'LOW', atLeast(1)),
  int('controller.quota.window.size.seconds', 1, 'LOW', atLeast(1)),
  javaClass('client.quota.callback.class', null, 'LOW'),
]
