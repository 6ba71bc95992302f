import { describe, expect, test } from 'vitest'
import { brokerConfigs } from '../../../src/protocol/configs/broker.js'
import { groupConfigs } from '../../../src/protocol/configs/group.js'
import { parseConfig } from '../../../src/protocol/configs/parse.js'
import { topicConfigs } from '../../../src/protocol/configs/topic.js'

/** The text shown again, or Kafka's words. */
function outcome(name: string, text: string): string {
  const parsed = parseConfig((topicConfigs.get(name) ?? brokerConfigs.get(name) ?? groupConfigs.get(name))!, text)
  return parsed.ok ? `= ${parsed.text}` : parsed.message
}

const REPLICAS =
  "must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],..."

describe('config values are read as Java reads them, and refused in its words', () => {
  test.each([
    ['retention.ms', ' 77 ', '= 77'],
    ['retention.ms', '+5', '= 5'],
    ['retention.ms', '007', '= 7'],
    ['retention.ms', '9223372036854775807', '= 9223372036854775807'],
    ['retention.ms', '0x10', 'Invalid value 0x10 for configuration retention.ms: Not a number of type LONG'],
    [
      'retention.ms',
      '9223372036854775808',
      'Invalid value 9223372036854775808 for configuration retention.ms: Not a number of type LONG',
    ],
    ['retention.ms', '', 'Invalid value  for configuration retention.ms: Not a number of type LONG'],
    ['retention.ms', '1.5', 'Invalid value 1.5 for configuration retention.ms: Not a number of type LONG'],
    ['retention.ms', '-2', 'Invalid value -2 for configuration retention.ms: Value must be at least -1'],
    [
      'segment.bytes',
      '3000000000',
      'Invalid value 3000000000 for configuration segment.bytes: Not a number of type INT',
    ],
    ['segment.bytes', '14', 'Invalid value 14 for configuration segment.bytes: Value must be at least 1048576'],
    ['internal.segment.bytes', '14', '= 14'],
    ['preallocate', ' TRUE ', '= true'],
    [
      'preallocate',
      'yes',
      'Invalid value yes for configuration preallocate: Expected value to be either true or false',
    ],
    ['min.cleanable.dirty.ratio', '.50', '= 0.5'],
    ['min.cleanable.dirty.ratio', '1e-5', '= 1.0E-5'],
    ['min.cleanable.dirty.ratio', '1d', '= 1.0'],
    [
      'min.cleanable.dirty.ratio',
      '-1',
      'Invalid value -1.0 for configuration min.cleanable.dirty.ratio: Value must be at least 0',
    ],
    [
      'min.cleanable.dirty.ratio',
      '100',
      'Invalid value 100.0 for configuration min.cleanable.dirty.ratio: Value must be no more than 1',
    ],
    [
      'min.cleanable.dirty.ratio',
      'abc',
      'Invalid value abc for configuration min.cleanable.dirty.ratio: Not a number of type DOUBLE',
    ],
    ['log.cleaner.io.max.bytes.per.second', '12345678', '= 1.2345678E7'],
    ['log.cleaner.io.max.bytes.per.second', '1048576', '= 1048576.0'],
    ['log.cleaner.io.max.bytes.per.second', '1e400', '= Infinity'],
    ['compression.type', ' gzip ', '= gzip'],
    [
      'compression.type',
      'GZIP',
      'Invalid value GZIP for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer',
    ],
    ['compression.gzip.level', '-1', '= -1'],
    [
      'compression.gzip.level',
      '0',
      'Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1',
    ],
    [
      'compression.lz4.level',
      '18',
      'Invalid value 18 for configuration compression.lz4.level: Value must be no more than 17',
    ],
    ['cleanup.policy', '', '= '],
    ['cleanup.policy', 'compact , delete', '= compact,delete'],
    ['cleanup.policy', 'delete,delete', '= delete'],
    ['cleanup.policy', 'delete,,compact', "Configuration 'cleanup.policy' values must not be empty."],
    [
      'cleanup.policy',
      'x,y',
      'Invalid value x for configuration cleanup.policy: String must be one of: compact, delete',
    ],
    ['leader.replication.throttled.replicas', '*', '= *'],
    ['leader.replication.throttled.replicas', '0:1,1:2', '= 0:1,1:2'],
    [
      'leader.replication.throttled.replicas',
      '0:1,x',
      `Invalid value [0:1, x] for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas ${REPLICAS}`,
    ],
    [
      'process.roles',
      '',
      "Configuration 'process.roles' must not be empty. Valid values include: [broker, controller]",
    ],
    ['listeners', '', "Configuration 'listeners' must not be empty. Valid values include: any non-empty value"],
    ['group.consumer.migration.policy', 'Bidirectional', '= Bidirectional'],
    [
      'group.consumer.migration.policy',
      'foo',
      'Invalid value foo for configuration group.consumer.migration.policy: String must be one of (case insensitive): DISABLED, DOWNGRADE, UPGRADE, BIDIRECTIONAL',
    ],
    [
      'principal.builder.class',
      'nope.No',
      'Invalid value nope.No for configuration principal.builder.class: Class nope.No could not be found.',
    ],
    [
      'offsets.topic.replication.factor',
      '70000',
      'Invalid value 70000 for configuration offsets.topic.replication.factor: Not a number of type SHORT',
    ],
    [
      'remote.log.metadata.manager.impl.prefix',
      ' ',
      'Invalid value  for configuration remote.log.metadata.manager.impl.prefix: String must be non-empty',
    ],
    ['controller.quorum.voters', '0@host:9093', '= 0@host:9093'],
    [
      'controller.quorum.voters',
      'host:9093',
      'Invalid configuration value for controller.quorum.voters. Each entry should be in the form `{id}@{host}:{port}`.',
    ],
    ['controller.quorum.voters', 'x@h:1', 'Failed to parse voter ID as an integer from x'],
    [
      'controller.quorum.bootstrap.servers',
      'h',
      'Failed to parse host name from h for the configuration controller.quorum.bootstrap.servers. Each entry should be in the form "{host}:{port}"',
    ],
    ['share.auto.offset.reset', 'by_duration:P1DT1.5S', '= by_duration:P1DT1.5S'],
    [
      'share.auto.offset.reset',
      'LATEST',
      "Invalid value LATEST for configuration share.auto.offset.reset: Invalid value `LATEST` for configuration share.auto.offset.reset. The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.",
    ],
  ])('%s=%j', (name, text, expected) => expect(outcome(name, text)).toBe(expected))
})
