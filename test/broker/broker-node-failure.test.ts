import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { systemRandom } from '../../src/base/random.js'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import { BrokerNode } from '../../src/broker/broker-node.js'
import { buildBatch } from '../../src/records/builder.js'
import { DEFAULT_LOG_CONFIG } from '../../src/storage/log-config.js'
import { failingDisk } from '../support/failing-disk.js'

const { disk, failing } = failingDisk()
let root: string
let node: BrokerNode
let failures: string[]

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'klog-node-failure-'))
  const dirs = ['one', 'two', 'three'].map((name) => join(root, name)).join()
  const config = new BrokerConfig({ nodeId: 0, settings: new Map([['log.dirs', dirs]]) })
  const common = { disk, clock: systemClock, random: systemRandom, log: silentLog }
  node = await BrokerNode.open({ nodeId: 0, config, clusterId: null, ...common })
  failures = []
  node.onFailure(({ message }) => failures.push(message))
})
afterEach(async () => {
  failing.clear()
  await node.giveUp()
  rmSync(root, { recursive: true })
})

/** Lets a log in the directory find out that it cannot write. */
async function fail(name: string): Promise<void> {
  const path = join(root, name)
  const directory = node.directories.find((one) => one.path === path)!
  const topicId = 'TTTTTTTTTTTTTTTTTTTTTA'
  const log = directory.openLog({ topic: 't', partition: 0, topicId, config: DEFAULT_LOG_CONFIG })
  failing.add(path)
  const failed = new Promise((resolve) => directory.onFailure(resolve))
  const batch = buildBatch({ records: [{ timestamp: 1, key: null, value: null }] })
  log.append(batch, { leaderEpoch: 0, origin: 'client' })
  await failed
}

test('a broker goes on without a directory that only has records in it', async () => {
  await fail('two')
  await fail('three')
  expect(failures).toEqual([])
})

test('a directory whose checkpoints cannot be written has failed', async () => {
  const directory = node.directories.find(({ path }) => path.endsWith('two'))!
  const topicId = 'TTTTTTTTTTTTTTTTTTTTTA'
  directory.openLog({ topic: 't', partition: 0, topicId, config: DEFAULT_LOG_CONFIG })
  failing.add(directory.path)
  const failed = new Promise((resolve) => directory.onFailure(resolve))
  expect(() => directory.checkpoint('recoveryPoint')).toThrow('EIO')
  await failed
  expect(directory.failure).not.toBeNull()
})

test('a broker cannot go on without the directory of its metadata', async () => {
  await fail('one')
  expect(failures).toEqual(['EIO: i/o error, write'])
})
