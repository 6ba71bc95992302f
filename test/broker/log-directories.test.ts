import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { systemRandom } from '../../src/base/random.js'
import { type Daemon, startDaemon } from '../../src/daemon.js'
import { Peer } from '../../src/net/peer.js'
import { AlterReplicaLogDirs } from '../../src/protocol/messages/alter-replica-log-dirs.js'
import { CreateTopics } from '../../src/protocol/messages/create-topics.js'
import { DescribeLogDirs } from '../../src/protocol/messages/describe-log-dirs.js'
import { IncrementalAlterConfigs } from '../../src/protocol/messages/incremental-alter-configs.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'

const root = mkdtempSync(join(tmpdir(), 'klog-log-directories-'))
const [one, two] = [join(root, 'one'), join(root, 'two')] as const
let daemon: Daemon
let peer: Peer

beforeAll(async () => {
  const settings = { listeners: 'PLAINTEXT://127.0.0.1:0', 'log.dirs': `${one},${two}` }
  const common = { clock: systemClock, random: systemRandom, log: silentLog }
  daemon = await startDaemon({ settings: new Map(Object.entries(settings)), clusterId: null, ...common })
  const { port } = daemon
  peer = await Peer.connect({ host: '127.0.0.1', port, clientId: 'test', clock: systemClock, connectTimeoutMs: 5000 })
})

afterAll(async () => {
  peer.close()
  await daemon.close()
  rmSync(root, { recursive: true })
})

async function cordon(value: string | null, resourceName = '0'): Promise<string | null> {
  const configs = [{ name: 'cordoned.log.dirs', configOperation: value === null ? 1 : 0, value }]
  const resources = [{ resourceType: 4, resourceName, configs }]
  const { responses } = await peer.call(IncrementalAlterConfigs, 1, { resources, validateOnly: false })
  return responses[0]!.errorMessage
}

async function create(name: string, numPartitions: number): Promise<string | null> {
  const topics = [{ name, numPartitions, replicationFactor: 1, assignments: [], configs: [] }]
  return (await peer.call(CreateTopics, 7, { topics })).topics[0]!.errorMessage
}

async function described(): Promise<{ logDir: string; isCordoned: boolean; names: string[] }[]> {
  const { results } = await peer.call(DescribeLogDirs, 5, { topics: null })
  return results.map(({ logDir, isCordoned, topics }) => ({
    ...{ logDir, isCordoned },
    names: topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex }) => `${name}-${partitionIndex}`),
    ),
  }))
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition()));
}

async function isCordoned(): Promise<boolean[]> {
  return (await described()).map((directory) => directory.isCordoned)
}

describe('log directories, in the words of Apache Kafka 4.3.1', () => {
  test('a cordoned directory gets no new replicas, by its own choice or by a request', async () => {
    expect(await cordon(two)).toBeNull()
    await until(async () => (await isCordoned()).join() === 'false,true')
    await create('orders', 4)
    expect((await described()).map(({ names }) => names.length)).toEqual([4, 0])
    const dirs = [{ path: two, topics: [{ name: 'orders', partitions: [0] }] }]
    const { results } = await peer.call(AlterReplicaLogDirs, 2, { dirs })
    expect(results[0]!.partitions[0]!.errorCode).toBe(39)
  })

  test('with all directories cordoned no topic can be made', async () => {
    expect(await cordon('*')).toBeNull()
    await until(async () => (await isCordoned()).join() === 'true,true')
    expect(await create('no', 1)).toBe(
      'Unable to replicate the partition 1 time(s): All brokers are currently fenced, or have all their log directories cordoned.',
    )
  })

  test('the cleaner cannot be given too little memory, or too many threads at once', async () => {
    const set = async (name: string, value: string) => {
      const resources = [{ resourceType: 4, resourceName: '', configs: [{ name, configOperation: 0, value }] }]
      const { responses } = await peer.call(IncrementalAlterConfigs, 1, { resources, validateOnly: false })
      return responses[0]!.errorMessage
    }
    expect(await set('log.cleaner.dedupe.buffer.size', '5')).toBe(
      'requirement failed: log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.',
    )
    expect(await set('log.cleaner.threads', '9')).toBe(
      'Invalid value org.apache.kafka.common.config.ConfigException: Log cleaner threads cannot be increased to more ' +
        'than double the current value 1 for configuration Invalid dynamic configuration',
    )
    expect(await set('log.cleaner.threads', '2')).toBeNull()
  })

  test('what is not a directory of the broker cannot be cordoned', async () => {
    expect(await cordon('/nowhere')).toBe(
      'requirement failed: All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : /nowhere',
    )
    expect(await cordon(`*,${two}`)).toBe(
      'requirement failed: When cordoned.log.dirs is set to *, it must not contain other values',
    )
    expect(await cordon('*', '')).toBe(
      'Cannot update these configs at default cluster level, broker id must be specified: [cordoned.log.dirs]',
    )
  })

  test('a directory that is taken back takes replicas again', async () => {
    expect(await cordon(null)).toBeNull()
    await until(async () => (await isCordoned()).join() === 'false,false')
    const dirs = [{ path: two, topics: [{ name: 'orders', partitions: [0, 1] }] }]
    const { results } = await peer.call(AlterReplicaLogDirs, 2, { dirs })
    expect(results[0]!.partitions.map(({ errorCode }) => errorCode)).toEqual([0, 0])
    await until(async () => (await described())[0]!.names.length === 2)
    expect((await described())[1]!.names.sort()).toEqual(['orders-0', 'orders-1'])
  })
})

test('a directory that cannot be used at the start is left out, and what lies there is not made anew', async () => {
  const home = mkdtempSync(join(tmpdir(), 'klog-lost-directory-'))
  const paths = [join(home, 'one'), join(home, 'two')] as const
  const run = async (act: (peer: Peer) => Promise<void>): Promise<void> => {
    const settings = { listeners: 'PLAINTEXT://127.0.0.1:0', 'log.dirs': paths.join() }
    const common = { clock: systemClock, random: systemRandom, log: silentLog }
    const running = await startDaemon({ settings: new Map(Object.entries(settings)), clusterId: null, ...common })
    const at = { host: '127.0.0.1', port: running.port, clientId: 'test', clock: systemClock, connectTimeoutMs: 5000 }
    const client = await Peer.connect(at)
    try {
      await act(client)
    } finally {
      client.close()
      await running.close()
    }
  }
  const topic = { name: 'orders', numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] }
  const ask = { topics: [{ name: 'orders' }], allowAutoTopicCreation: false }
  await run(async (client) => {
    await client.call(CreateTopics, 7, { topics: [topic] })
    const leaders = async () => (await client.call(Metadata, 12, ask)).topics[0]!.partitions.map((one) => one.leaderId)
    expect(await leaders()).toEqual([0, 0])
    const inTwo = async () => (await client.call(DescribeLogDirs, 4, { topics: null })).results[1]!.topics.length
    expect(await inTwo()).toBe(1)
  })
  renameSync(paths[1], `${paths[1]}-away`)
  writeFileSync(paths[1], 'no directory')
  await run(async (client) => {
    const { results } = await client.call(DescribeLogDirs, 4, { topics: null })
    const found = results.map(({ errorCode, logDir, topics }) => [errorCode, logDir, topics.length])
    expect(found).toEqual([
      [56, paths[1], 0],
      [0, paths[0], 1],
    ])
    const { topics } = await client.call(Metadata, 12, ask)
    expect(topics[0]!.partitions.map((one) => one.leaderId).sort()).toEqual([-1, 0])
  })
  rmSync(paths[1])
  renameSync(`${paths[1]}-away`, paths[1])
  await run(async (client) => {
    const { topics } = await client.call(Metadata, 12, ask)
    expect(topics[0]!.partitions.map((one) => one.leaderId)).toEqual([0, 0])
  })
  rmSync(home, { recursive: true })
})
