import { afterEach, describe, expect, test } from 'vitest'
import { type Clock, systemClock } from '../../src/base/clock.js'
import { readClientConfig } from '../../src/client/client-config.js'
import { ClusterClient, type Target } from '../../src/client/cluster-client.js'
import { KafkaError } from '../../src/client/kafka-error.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { DescribeCluster } from '../../src/protocol/messages/describe-cluster.js'
import { FindCoordinator } from '../../src/protocol/messages/find-coordinator.js'
import { ListGroups } from '../../src/protocol/messages/list-groups.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { hurriedClock } from '../support/hurried-clock.js'
import { ScriptedBroker } from '../support/scripted-broker.js'
import { seededRandom } from '../support/seeded-random.js'

const brokers: ScriptedBroker[] = []
const clients: ClusterClient[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await Promise.all(brokers.splice(0).map((broker) => broker.close()))
})

async function broker(): Promise<ScriptedBroker> {
  const started = await ScriptedBroker.start()
  brokers.push(started)
  return started
}

interface Settings {
  readonly properties?: Record<string, string>
  readonly clock?: Clock
  readonly onUnreachable?: (address: { host: string; port: number }) => void
}

async function clientOf(bootstrap: string, settings: Settings = {}): Promise<ClusterClient> {
  const config = readClientConfig(bootstrap, new Map(Object.entries(settings.properties ?? {})))
  const { clock = systemClock, onUnreachable = () => {} } = settings
  const client = await ClusterClient.open({ config, clock, random: seededRandom(1), onUnreachable })
  clients.push(client)
  return client
}

const groups = { errorCode: 0, groups: [] }
const listGroups = (client: ClusterClient, target: Target = 'any', timeoutMs?: number) =>
  client.run(
    'listGroups',
    target,
    ({ connection, timeoutMs }) => connection.call(ListGroups, {}, { timeoutMs }),
    timeoutMs,
  )

/** A cluster of these brokers, numbered from 0. */
const metadata = (controllerId: number, ...members: ScriptedBroker[]) => ({
  brokers: members.map(({ port }, nodeId) => ({ nodeId, host: '127.0.0.1', port })),
  controllerId,
  topics: [],
})

describe('a connection', () => {
  test('speaks the newest version that both sides know', async () => {
    const one = (await broker()).on(ListGroups, () => groups, { min: 0, max: 3 })
    await listGroups(await clientOf(one.address))
    expect(one.asked.map(({ name, version }) => `${name} ${version}`)).toEqual(['ApiVersions 3', 'ListGroups 3'])
  })

  test('asks a broker that is too old for its versions in the oldest way', async () => {
    const one = (await broker()).on(ListGroups, () => groups, { min: 0, max: 2 })
    one.apiVersionsMax = 2
    await listGroups(await clientOf(one.address))
    expect(one.asked.map(({ name, version }) => `${name} ${version}`)).toEqual([
      'ApiVersions 3',
      'ApiVersions 0',
      'ListGroups 2',
    ])
  })

  test('refuses a call when no version is common', async () => {
    const one = (await broker()).on(ListGroups, () => groups)
    const client = await clientOf(one.address)
    const call = client.run('listNodes', 'any', ({ connection, timeoutMs }) =>
      connection.call(DescribeCluster, { includeClusterAuthorizedOperations: false }, { timeoutMs }),
    )
    await expect(call).rejects.toThrow('The node does not support DESCRIBE_CLUSTER')
  })

  test('is used again by the next call', async () => {
    const one = (await broker()).on(ListGroups, () => groups)
    const client = await clientOf(one.address)
    await listGroups(client)
    await listGroups(client)
    expect(one.asked.filter(({ name }) => name === 'ApiVersions')).toHaveLength(1)
  })
})

describe('a call', () => {
  test('goes on to the next address when nobody answers at the first', async () => {
    const gone = await broker()
    const address = gone.address
    await gone.close()
    const one = (await broker()).on(ListGroups, () => groups)
    const silent: number[] = []
    const client = await clientOf(`${address},${one.address}`, { onUnreachable: ({ port }) => silent.push(port) })
    await listGroups(client)
    await listGroups(client)
    expect(one.timesAsked(ListGroups)).toBe(2)
    expect(silent.filter((port) => port !== gone.port)).toEqual([])
  })

  test('is made again after the connection broke', async () => {
    let times = 0
    const one = (await broker()).on(ListGroups, () => (++times < 3 ? 'close' : groups))
    await listGroups(await clientOf(one.address))
    expect(times).toBe(3)
  })

  test('is made again after an answer that did not come within the request timeout', async () => {
    let times = 0
    const one = (await broker()).on(ListGroups, () => (++times < 2 ? 'silence' : groups))
    const clock = hurriedClock(50)
    await listGroups(await clientOf(one.address, { clock }))
    expect(times).toBe(2)
  })

  test('tells that nobody was there when its time is up', async () => {
    const unreachable: string[] = []
    const clock = hurriedClock(50)
    const onUnreachable = ({ host, port }: { host: string; port: number }) => unreachable.push(`${host}:${port}`)
    const client = await clientOf('127.0.0.1:1', { clock, onUnreachable })
    const call = listGroups(client, 'any', 5000)
    await expect(call).rejects.toMatchObject({
      code: ErrorCode.REQUEST_TIMED_OUT,
      message: 'Timed out waiting for a node assignment. Call: listGroups',
      javaClass: 'org.apache.kafka.common.errors.TimeoutException',
    })
    expect(unreachable).toEqual(['127.0.0.1:1'])
  })

  test('tells how often it was tried when its time is up', async () => {
    const one = (await broker()).on(ListGroups, () => 'close')
    const client = await clientOf(one.address, { clock: hurriedClock(50) })
    await expect(listGroups(client, 'any', 30_000)).rejects.toThrow(
      /^Call\(callName=listGroups, deadlineMs=\d+, tries=(\d+), nextAllowedTryMs=\d+\) timed out at \d+ after \1 attempt\(s\)$/,
    )
  })

  test('has no time at all with a timeout of 0', async () => {
    const one = (await broker()).on(ListGroups, () => groups)
    const call = listGroups(await clientOf(one.address), 'any', 0)
    await expect(call).rejects.toThrow('Timed out waiting for a node assignment. Call: listGroups')
    expect(one.asked).toEqual([])
  })

  test('is not made again after an answer that will stay the same', async () => {
    let times = 0
    const one = (await broker()).on(ListGroups, () => groups)
    const client = await clientOf(one.address)
    const call = client.run('any', 'any', async () => {
      times++
      throw new KafkaError(ErrorCode.GROUP_AUTHORIZATION_FAILED)
    })
    await expect(call).rejects.toMatchObject({ code: ErrorCode.GROUP_AUTHORIZATION_FAILED })
    expect(times).toBe(1)
  })

  test('is not made more often than `retries` allows', async () => {
    const one = (await broker()).on(ListGroups, () => 'close')
    const client = await clientOf(one.address, { properties: { retries: '2' } })
    await expect(listGroups(client)).rejects.toMatchObject({ kind: 'closed' })
    expect(one.timesAsked(ListGroups)).toBe(3)
  })
})

describe('the way to the right broker', () => {
  test('leads to the controller, and to the next one when that has moved', async () => {
    const [zero, one] = [await broker(), await broker()]
    let controller = 0
    zero.on(Metadata, () => metadata(controller, zero, one)).on(ListGroups, () => ({ ...groups, errorCode: 41 }))
    one.on(Metadata, () => metadata(controller, zero, one)).on(ListGroups, () => groups)
    const client = await clientOf(zero.address)
    await client.run('createTopics', 'controller', async ({ connection, timeoutMs, broker }) => {
      const { errorCode } = await connection.call(ListGroups, {}, { timeoutMs })
      controller = 1
      if (errorCode !== 0) throw new KafkaError(errorCode)
      expect(broker).toMatchObject({ id: 1, port: one.port })
    })
    expect([zero.timesAsked(ListGroups), one.timesAsked(ListGroups)]).toEqual([1, 1])
  })

  test('waits until there is a controller', async () => {
    let times = 0
    const zero = await broker()
    zero.on(Metadata, () => metadata(++times < 3 ? -1 : 0, zero)).on(ListGroups, () => groups)
    await listGroups(await clientOf(zero.address), 'controller')
    expect(times).toBe(3)
  })

  test('leads to the broker with a number', async () => {
    const [zero, one] = [await broker(), await broker()]
    zero.on(Metadata, () => metadata(0, zero, one))
    one.on(ListGroups, () => groups)
    await listGroups(await clientOf(zero.address), { broker: 1 })
    expect(one.timesAsked(ListGroups)).toBe(1)
  })

  test.each([3, 6])('leads to a group’s coordinator, found with FindCoordinator v%i', async (max) => {
    const [zero, one] = [await broker(), await broker()]
    const at = { errorCode: 0, errorMessage: null, nodeId: 1, host: '127.0.0.1', port: one.port }
    const answer = () => ({ ...at, coordinators: [{ key: 'g', ...at }] })
    zero.on(FindCoordinator, max < 4 ? () => at : () => ({ coordinators: answer().coordinators }), { min: 0, max })
    one.on(ListGroups, () => groups)
    await listGroups(await clientOf(zero.address), { coordinator: 'g' })
    expect(zero.asked.at(-1)).toMatchObject({
      version: max,
      request: max < 4 ? { key: 'g', keyType: 0 } : { coordinatorKeys: ['g'], keyType: 0 },
    })
    expect(one.timesAsked(ListGroups)).toBe(1)
  })

  test('waits for a coordinator that is not there yet, and finds the new one when it has moved', async () => {
    const zero = await broker()
    const codes = [ErrorCode.COORDINATOR_NOT_AVAILABLE, 0, 0]
    const listCodes = [ErrorCode.NOT_COORDINATOR, 0]
    zero
      .on(FindCoordinator, () => {
        const errorCode = codes.shift() ?? 0
        const node =
          errorCode === 0 ? { nodeId: 0, host: '127.0.0.1', port: zero.port } : { nodeId: -1, host: '', port: -1 }
        return { coordinators: [{ key: 'g', ...node, errorCode, errorMessage: null }] }
      })
      .on(ListGroups, () => ({ ...groups, errorCode: listCodes.shift() ?? 0 }))
    const client = await clientOf(zero.address)
    await client.run('deleteConsumerGroups', { coordinator: 'g' }, async ({ connection, timeoutMs }) => {
      const { errorCode } = await connection.call(ListGroups, {}, { timeoutMs })
      if (errorCode !== 0) throw new KafkaError(errorCode)
    })
    expect([zero.timesAsked(FindCoordinator), zero.timesAsked(ListGroups)]).toEqual([3, 2])
  })

  test('asks again who it is when nobody answers there', async () => {
    const zero = await broker()
    const ports = [1, 1]
    zero
      .on(FindCoordinator, () => {
        const at = { nodeId: ports.length, host: '127.0.0.1', port: ports.shift() ?? zero.port }
        return { coordinators: [{ key: 'g', ...at, errorCode: 0, errorMessage: null }] }
      })
      .on(ListGroups, () => groups)
    await listGroups(await clientOf(zero.address), { coordinator: 'g' })
    expect([zero.timesAsked(FindCoordinator), zero.timesAsked(ListGroups)]).toEqual([3, 1])
  })

  test('names the lookup that time ran out in', async () => {
    const client = await clientOf('127.0.0.1:1', { clock: hurriedClock(50) })
    await expect(listGroups(client, { coordinator: 'g' }, 2000)).rejects.toThrow(
      'Timed out waiting for a node assignment. Call: listGroups(api=FIND_COORDINATOR)',
    )
  })

  test('ends where the coordinator must not be asked for', async () => {
    const refusal = { key: 'g', nodeId: -1, host: '', port: -1, errorCode: 30, errorMessage: 'not for you' }
    const zero = (await broker()).on(FindCoordinator, () => ({ coordinators: [refusal] }))
    await expect(listGroups(await clientOf(zero.address), { coordinator: 'g' })).rejects.toThrow('not for you')
  })
})

describe('addresses', () => {
  test.each([
    ['foo', 'Invalid url in bootstrap.servers: foo'],
    ['foo:bar', 'Invalid url in bootstrap.servers: foo:bar'],
    ['localhost:9092,foo', 'Invalid url in bootstrap.servers: foo'],
    ['localhost:70000', 'Invalid port in bootstrap.servers: localhost:70000'],
    ['', 'You must set either bootstrap.servers or bootstrap.controllers'],
    [' , ', "Configuration 'bootstrap.servers' values must not be empty."],
    ['localhost:9092,', "Configuration 'bootstrap.servers' values must not be empty."],
    ['no:9092:9093', 'No resolvable bootstrap urls given in bootstrap.servers'],
    ['no-such-host.invalid:9092', 'No resolvable bootstrap urls given in bootstrap.servers'],
  ])('%j are none', async (bootstrap, message) => {
    await expect(clientOf(bootstrap)).rejects.toThrow(message)
  })

  test('may have a protocol in front and brackets around the host', async () => {
    const one = (await broker()).on(ListGroups, () => groups)
    await listGroups(await clientOf(`PLAINTEXT://[127.0.0.1]:${one.port} `))
    expect(one.timesAsked(ListGroups)).toBe(1)
  })
})
