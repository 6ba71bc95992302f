import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.js'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import { ConnectionGate } from '../../src/broker/connection-gate.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import type { MetadataRecord } from '../../src/cluster/records.js'
import { ALL_BROKERS, ResourceType } from '../../src/cluster/resource-type.js'
import { BufferPool } from '../../src/net/buffer-pool.js'
import type { FramedConnection } from '../../src/net/connection.js'
import { Listener } from '../../src/net/listener.js'
import { ManualClock } from '../support/manual-clock.js'
import { RawClient } from '../support/raw-client.js'

let clock: ManualClock
let config: BrokerConfig
let gate: ConnectionGate
let image: MetadataImage
let served: FramedConnection[]
const listeners: Listener[] = []
const clients: RawClient[] = []

beforeEach(() => {
  clock = new ManualClock()
  image = MetadataImage.empty
  served = []
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  for (const listener of listeners.splice(0)) await listener.close()
})

async function start(settings: Record<string, string>, names = ['PLAINTEXT']): Promise<void> {
  config = new BrokerConfig({ nodeId: 0, settings: new Map(Object.entries(settings)) })
  gate = new ConnectionGate({ config, listeners: names, clock, log: silentLog })
  await settled()
  for (const name of names) {
    const listener = await Listener.open({
      ...{ host: '127.0.0.1', port: 0, clock, log: silentLog, pool: new BufferPool() },
      ...{ frameBytesMax: 1000, idleMsMax: -1 },
      onArrival: (arrival) => gate.arrive(name, arrival),
      onConnection: (connection) => {
        served.push(connection)
        connection.onProgress = () => connection.hasEnded && connection.close()
      },
    })
    listeners.push(listener)
  }
}

/** Lets everything that has happened be heard of: names are looked up, sockets tell of their ends. */
async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
}

async function connect(at = 0): Promise<RawClient> {
  const client = await RawClient.connect(listeners[at]!.port)
  clients.push(client)
  return client
}

async function servedReach(count: number): Promise<void> {
  while (served.length < count) await settled()
}

function apply(record: MetadataRecord): void {
  image = image.apply([record], { offset: image.offset + 1, epoch: 1 })
  config.follow(image)
}

function set(name: string, value: string): void {
  apply({ type: 'Config', resourceType: ResourceType.BROKER, resourceName: ALL_BROKERS, name, value })
}

/** After this, whoever has connected before has arrived, too. */
async function arrived(): Promise<void> {
  await settled()
  await settled()
}

describe('max.connections', () => {
  test('lets newcomers wait until somebody leaves, in the order of arrival', async () => {
    await start({ 'max.connections': '1' })
    const first = await connect()
    await servedReach(1)
    await connect()
    await connect()
    await arrived()
    expect(served.length).toBe(1)
    first.destroy()
    await servedReach(2)
    await arrived()
    expect(served.length).toBe(2)
  })

  test('takes effect when it is changed: more are let in, or those that were silent for longest go', async () => {
    await start({ 'max.connections': '2' })
    const [oldest, younger] = [await connect(), await connect()]
    await servedReach(2)
    await connect()
    await arrived()
    expect(served.length).toBe(2)
    set('max.connections', '3')
    await servedReach(3)
    clock.advance(1000)
    served[1]!.send([Buffer.from('x')])
    served[2]!.send([Buffer.from('x')])
    set('max.connections', '2')
    await oldest.closed()
    expect(served.map(({ lastActiveMs }) => lastActiveMs)).toEqual([0, 1000, 1000])
    younger.destroy()
  })

  test('of one listener leaves the others alone; the listener of brokers does not wait for the others', async () => {
    const settings = { 'listener.name.outer.max.connections': '1', 'max.connections': '2' }
    await start({ ...settings, 'inter.broker.listener.name': 'INNER' }, ['OUTER', 'INNER'])
    await connect(0)
    await connect(0)
    await connect(1)
    await servedReach(2)
    await connect(1)
    await servedReach(3)
    await arrived()
    expect(served.length).toBe(3)
  })
})

describe('max.connections.per.ip', () => {
  test('closes what is too much', async () => {
    await start({ 'max.connections.per.ip': '1' })
    await connect()
    await servedReach(1)
    await (await connect()).closed()
    set('max.connections.per.ip', '2')
    await connect()
    await servedReach(2)
  })

  test('may be another one for an address, or a name that has one', async () => {
    await start({ 'max.connections.per.ip': '0', 'max.connections.per.ip.overrides': '127.0.0.1:1,10.0.0.1:7' })
    await connect()
    await servedReach(1)
    await (await connect()).closed()
  })
})

test('max.connection.creation.rate lets who comes too fast wait', async () => {
  await start({ 'max.connection.creation.rate': '1' })
  for (let i = 0; i < 11; i++) await connect()
  await servedReach(10)
  await arrived()
  expect(served.length).toBe(10)
  clock.advance(999)
  await arrived()
  expect(served.length).toBe(10)
  clock.advance(1)
  await servedReach(11)
})

test('the quota of an address closes who comes too often, after a while', async () => {
  await start({})
  const entity = [{ entityType: 'ip', entityName: '127.0.0.1' }]
  apply({ type: 'ClientQuota', entity, key: 'connection_creation_rate', value: 1, remove: false })
  await gate.follow(image)
  for (let i = 0; i < 10; i++) await connect()
  await servedReach(10)
  const refused = await connect()
  const closed = refused.closed()
  while (clock.timers === 0) await settled()
  expect(served.length).toBe(10)
  clock.advance(1000)
  await closed
  apply({ type: 'ClientQuota', entity, key: 'connection_creation_rate', value: 0, remove: true })
  await gate.follow(image)
  await connect()
  await servedReach(11)
})

test('who leaves while he waits keeps no place', async () => {
  await start({ 'max.connections': '1' })
  const first = await connect()
  await servedReach(1)
  const impatient = await connect()
  await arrived()
  impatient.socket.resetAndDestroy()
  await arrived()
  const patient = await connect()
  first.destroy()
  while (!served.some(({ remote }) => remote.port === patient.socket.localPort)) await settled()
})
