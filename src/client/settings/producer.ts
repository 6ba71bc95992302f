import { atLeast, between, betweenOrMinusOne, notEmpty, oneOf, someEntries } from '../../protocol/configs/validator.js'
import { boolean, CONNECTION, DNS_LOOKUP, int, knownClasses, list, long, SECURITY, string } from './shared.js'

export const ROUND_ROBIN_PARTITIONER = 'org.apache.kafka.clients.producer.RoundRobinPartitioner'

/** What Kafka's ProducerConfig checks: numbers, choices, classes. Texts without a rule are not in it. */
export const PRODUCER_SETTINGS = [
  list('bootstrap.servers', null, someEntries),
  DNS_LOOKUP,
  long('buffer.memory', 33_554_432, atLeast(0)),
  int('retries', 2_147_483_647, between(0, 2_147_483_647)),
  string('acks', 'all', oneOf('all', '-1', '0', '1')),
  string('compression.type', 'none', oneOf('none', 'gzip', 'snappy', 'lz4', 'zstd')),
  int('compression.gzip.level', -1, betweenOrMinusOne(1, 9)),
  int('compression.lz4.level', 9, between(1, 17)),
  int('compression.zstd.level', 3, between(-131_072, 22)),
  int('batch.size', 16_384, atLeast(0)),
  boolean('partitioner.adaptive.partitioning.enable', true),
  long('partitioner.availability.timeout.ms', 0, atLeast(0)),
  boolean('partitioner.ignore.keys', false),
  long('linger.ms', 5, atLeast(0)),
  int('delivery.timeout.ms', 120_000, atLeast(0)),
  string('client.id', ''),
  int('send.buffer.bytes', 131_072, atLeast(-1)),
  int('receive.buffer.bytes', 32_768, atLeast(-1)),
  int('max.request.size', 1_048_576, atLeast(0)),
  long('max.block.ms', 60_000, atLeast(0)),
  long('metadata.max.idle.ms', 300_000, atLeast(5000)),
  ...CONNECTION,
  int('max.in.flight.requests.per.connection', 5, atLeast(1)),
  string('partitioner.class', null, knownClasses(ROUND_ROBIN_PARTITIONER)),
  list('interceptor.classes', '', knownClasses()),
  ...SECURITY,
  boolean('enable.idempotence', true),
  int('transaction.timeout.ms', 60_000),
  string('transactional.id', null, notEmpty),
  boolean('transaction.two.phase.commit.enable', false),
]
