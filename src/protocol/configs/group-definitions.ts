import { boolean, type ConfigDefinition, int, string, synonyms } from './definition.js'
import { atLeast, oneOf, shareOffsetReset } from './validator.js'

/** Configs of one group, in the order in which Kafka checks them. */
export const groupDefinitions: readonly ConfigDefinition[] = [
  int('consumer.session.timeout.ms', 45000, 'MEDIUM', atLeast(1), synonyms('group.consumer.session.timeout.ms')),
  int('consumer.heartbeat.interval.ms', 5000, 'MEDIUM', atLeast(1), synonyms('group.consumer.heartbeat.interval.ms')),
  int('consumer.assignment.interval.ms', 1000, 'MEDIUM', atLeast(0), synonyms('group.consumer.assignment.interval.ms')),
  int('share.session.timeout.ms', 45000, 'MEDIUM', atLeast(1), synonyms('group.share.session.timeout.ms')),
  int('share.heartbeat.interval.ms', 5000, 'MEDIUM', atLeast(1), synonyms('group.share.heartbeat.interval.ms')),
  int('share.record.lock.duration.ms', 30000, 'MEDIUM', atLeast(1000), synonyms('group.share.record.lock.duration.ms')),
  int('share.delivery.count.limit', 5, 'MEDIUM', atLeast(2), synonyms('group.share.delivery.count.limit')),
  int(
    'share.partition.max.record.locks',
    2000,
    'MEDIUM',
    atLeast(100),
    synonyms('group.share.partition.max.record.locks'),
  ),
  string('share.auto.offset.reset', 'latest', 'MEDIUM', shareOffsetReset),
  string('share.isolation.level', 'read_uncommitted', 'MEDIUM', oneOf('read_committed', 'read_uncommitted')),
  boolean('share.renew.acknowledge.enable', true, 'MEDIUM'),
  int('share.assignment.interval.ms', 1000, 'MEDIUM', atLeast(0), synonyms('group.share.assignment.interval.ms')),
  int('streams.session.timeout.ms', 45000, 'MEDIUM', atLeast(1), synonyms('group.streams.session.timeout.ms')),
  int('streams.heartbeat.interval.ms', 5000, 'MEDIUM', atLeast(1), synonyms('group.streams.heartbeat.interval.ms')),
  int('streams.num.standby.replicas', 0, 'MEDIUM', atLeast(0), synonyms('group.streams.num.standby.replicas')),
  int(
    'streams.initial.rebalance.delay.ms',
    3000,
    'MEDIUM',
    atLeast(0),
    synonyms('group.streams.initial.rebalance.delay.ms'),
  ),
  int('streams.assignment.interval.ms', 1000, 'MEDIUM', atLeast(0), synonyms('group.streams.assignment.interval.ms')),
]
