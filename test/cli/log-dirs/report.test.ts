import { expect, test } from 'vitest'
import { reportJson } from '../../../src/cli/log-dirs/report.js'
import { KafkaError } from '../../../src/client/kafka-error.js'
import { ErrorCode } from '../../../src/protocol/errors.js'

const replica = (topic: string, partition: number, sizeBytes: number) => ({
  topic,
  partition,
  sizeBytes,
  offsetLag: 0,
  isFuture: false,
})
const DIRECTORY = { path: '/d', error: null, replicas: [replica('t', 0, 88), replica('t', 1, 0), replica('u', 0, 0)] }

test('partitions come in the order of a hash map, as Kafka’s tool prints them', () => {
  expect(reportJson(new Map([[0, [DIRECTORY]]]), new Set())).toBe(
    '{"brokers":[{"broker":0,"logDirs":[{"partitions":[{"partition":"t-1","size":0,"offsetLag":0,"isFuture":false},{"partition":"t-0","size":88,"offsetLag":0,"isFuture":false},{"partition":"u-0","size":0,"offsetLag":0,"isFuture":false}],"error":null,"logDir":"/d"}]}],"version":1}',
  )
})

test('a directory without a wanted topic is shown empty, a broken one with the name of its error', () => {
  const broken = { path: '/e', error: new KafkaError(ErrorCode.KAFKA_STORAGE_ERROR), replicas: [] }
  const report = JSON.parse(reportJson(new Map([[1, [DIRECTORY, broken]]]), new Set(['nope'])))
  expect(report.brokers[0].logDirs).toEqual([
    { partitions: [], error: null, logDir: '/d' },
    { partitions: [], error: 'org.apache.kafka.common.errors.KafkaStorageException', logDir: '/e' },
  ])
})
