import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { subscriptionOf } from '../../src/broker/telemetry-subscription.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import type { MetadataRecord } from '../../src/cluster/records.js'
import type { Peer } from '../../src/net/peer.js'
import { ApiVersions } from '../../src/protocol/messages/api-versions.js'
import { GetTelemetrySubscriptions } from '../../src/protocol/messages/get-telemetry-subscriptions.js'
import { PushTelemetry } from '../../src/protocol/messages/push-telemetry.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { ManualClock } from '../support/manual-clock.js'

const ID = 'T8H2CgOvTSm00BTLQW7fRA'
const ZERO = 'AAAAAAAAAAAAAAAAAAAAAA'

function subscribe(resourceName: string, configs: Record<string, string>): MetadataRecord[] {
  return Object.entries(configs).map(([name, value]) => ({
    type: 'Config',
    resourceType: 16,
    resourceName,
    name,
    value,
  }))
}

describe('the id of a subscription is the one that Apache Kafka 4.3.1 gave', () => {
  test.each([
    [{}, 1830234994, 300_000, []],
    [{ metrics: '*' }, -2054848625, 300_000, ['*']],
    [{ metrics: 'a.b,*', 'interval.ms': '100' }, -1941009395, 100, ['*']],
    [
      { metrics: 'b.metric,a.metric,org.apache.kafka.producer.', 'interval.ms': '400' },
      -1985485521,
      400,
      ['org.apache.kafka.producer.', 'b.metric', 'a.metric'],
    ],
  ])('%o', (configs, id, pushIntervalMs, metrics) => {
    const image = MetadataImage.empty.apply(subscribe('one', configs), { offset: 1, epoch: 1 })
    expect(subscriptionOf(image, ID, {})).toEqual({ id, pushIntervalMs, metrics })
  })
})

test('a subscription picks the clients whose traits all match as a whole', () => {
  const match = 'client_id=pro.*, client_software_version=1\\..*'
  const configs = { metrics: 'a', 'interval.ms': '100', match }
  const image = MetadataImage.empty.apply(subscribe('one', configs), { offset: 1, epoch: 1 })
  const metricsOf = (client_id: string, client_software_version: string) =>
    subscriptionOf(image, ID, { client_id, client_software_version }).metrics
  expect(metricsOf('probe', '1.2')).toEqual(['a'])
  expect(metricsOf('a probe', '1.2')).toEqual([])
  expect(metricsOf('probe', '1')).toEqual([])
})

describe('over the wire', () => {
  let broker: DataPathBroker
  let clock: ManualClock
  let peer: Peer

  beforeEach(async () => {
    clock = new ManualClock()
    broker = await DataPathBroker.start({ clock })
    peer = await broker.peer('probe')
  })
  afterEach(() => broker.close())

  const get = (clientInstanceId = ID) => peer.call(GetTelemetrySubscriptions, 0, { clientInstanceId })
  const push = async (o: Partial<Parameters<typeof peer.call<typeof PushTelemetry>>[2]> = {}) => {
    const { subscriptionId } = current()
    const request = { clientInstanceId: ID, subscriptionId, terminating: false, compressionType: 0 }
    return (await peer.call(PushTelemetry, 0, { ...request, metrics: Buffer.alloc(3), ...o })).errorCode
  }
  const current = () => ({
    subscriptionId: subscriptionOf(broker.image, ID, { client_id: 'probe' }).id,
  })

  test('it is answered, and not advertised', async () => {
    const { apiKeys } = await peer.call(ApiVersions, 0, {})
    expect(apiKeys.map(({ apiKey }) => apiKey)).not.toContain(71)
    expect(apiKeys.map(({ apiKey }) => apiKey)).not.toContain(72)
    expect(await get()).toEqual({
      throttleTimeMs: 0,
      errorCode: 0,
      clientInstanceId: ID,
      subscriptionId: 1830234994,
      acceptedCompressionTypes: [4, 3, 1, 2],
      pushIntervalMs: 300_000,
      telemetryMaxBytes: 1_048_576,
      deltaTemporality: true,
      requestedMetrics: [],
    })
  })

  test('a client without an instance id gets one', async () => {
    const { errorCode, clientInstanceId } = await get(ZERO)
    expect(errorCode).toBe(0)
    expect(clientInstanceId).not.toBe(ZERO)
  })

  test('who asks again before the interval is over is throttled, until a subscription has changed', async () => {
    await get()
    expect(await get()).toMatchObject({ errorCode: 89, clientInstanceId: ZERO, subscriptionId: 0 })
    broker.apply(...subscribe('one', { metrics: 'b', 'interval.ms': '400', match: 'client_software_name=other' }))
    expect((await get()).errorCode).toBe(0)
    expect((await get()).errorCode).toBe(89)
    broker.createTopic('orders', { configs: { 'retention.ms': '1' } })
    expect((await get()).errorCode).toBe(89)
    clock.advance(300_000)
    expect((await get()).errorCode).toBe(0)
  })

  test('a push is taken right after asking, and then once an interval', async () => {
    await get()
    clock.advance(1)
    await get()
    broker.apply(...subscribe('one', { metrics: 'b', 'interval.ms': '400' }))
    await get()
    expect(await push()).toBe(0)
    expect(await push()).toBe(89)
    clock.advance(400)
    expect(await push()).toBe(0)
    expect(await push({ terminating: true })).toBe(0)
    expect(await push()).toBe(42)
  })

  test('a push by another subscription, of unknown compression or too large is refused, and the client may ask at once', async () => {
    broker.apply(...subscribe('one', { 'interval.ms': '400' }))
    expect(await push({ subscriptionId: 5 })).toBe(117)
    expect((await get()).errorCode).toBe(0)
    clock.advance(400)
    expect(await push({ compressionType: 5 })).toBe(76)
    expect((await get()).errorCode).toBe(0)
    clock.advance(400)
    expect(await push({ metrics: Buffer.alloc(1_048_577) })).toBe(118)
    clock.advance(400)
    expect(await push({ metrics: Buffer.alloc(1_048_576) })).toBe(0)
  })

  test('a push has to be packed as it says; what is in it nobody looks at', async () => {
    broker.apply(...subscribe('one', { 'interval.ms': '400' }))
    for (const compressionType of [1, 2, 3, 4]) {
      clock.advance(400)
      expect(await push({ compressionType }), String(compressionType)).toBe(87)
    }
    clock.advance(400)
    expect(await push({ compressionType: 1, metrics: gzipSync('x') })).toBe(0)
    clock.advance(400)
    expect(await push({ compressionType: 4, metrics: Buffer.alloc(0) })).toBe(0)
  })

  test('a push needs an instance id', async () => {
    expect(await push({ clientInstanceId: ZERO })).toBe(42)
    expect(await push({ clientInstanceId: 'AAAAAAAAAAAAAAAAAAAAAQ' })).toBe(42)
  })

  test('a client is picked by the software that it names in ApiVersions, as it was when it came', async () => {
    broker.apply(...subscribe('one', { metrics: 'x', match: 'client_software_name=mine' }))
    await peer.call(ApiVersions, 4, { clientSoftwareName: 'mine', clientSoftwareVersion: '1' })
    expect((await get()).requestedMetrics).toEqual(['x'])
    const other = await broker.peer('other')
    const { requestedMetrics } = await other.call(GetTelemetrySubscriptions, 0, { clientInstanceId: ZERO })
    expect(requestedMetrics).toEqual([])
  })
})
