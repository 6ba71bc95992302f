import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { lineLog } from '../../src/base/log.js'
import { Peer } from '../../src/net/peer.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { CreateTopics } from '../../src/protocol/messages/create-topics.js'
import { systemDisk } from '../../src/storage/disk.js'
import { TestCluster } from '../support/cluster.js'

/** Longer than a voter waits for a word of its leader, and than the controller does for one of a broker. */
const SYNC_MS = 1100

let cluster: TestCluster
let syncMs = 0
const told: string[] = []

beforeAll(async () => {
  const halt = new Int32Array(new SharedArrayBuffer(4))
  const { open } = systemDisk
  vi.spyOn(systemDisk, 'open').mockImplementation((path, mode) => {
    const file = open(path, mode)
    const sync = file.sync.bind(file)
    file.sync = () => {
      Atomics.wait(halt, 0, 0, syncMs)
      sync()
    }
    return file
  })
  cluster = await TestCluster.start(
    3,
    {},
    lineLog((line) => told.push(line), systemClock),
  )
})

afterAll(async () => {
  syncMs = 0
  vi.restoreAllMocks()
  await cluster.close()
})

test('a disk that takes long for a sync deposes no leader of the metadata, and fences no broker', {
  timeout: 60_000,
}, async () => {
  const { client: port } = cluster.ports[0]!
  const peer = await Peer.connect({
    host: '127.0.0.1',
    port,
    clientId: 'a',
    clock: systemClock,
    connectTimeoutMs: 5000,
  })
  const before = told.length
  syncMs = SYNC_MS
  const topic = { name: 'orders', numPartitions: 1, replicationFactor: 3, assignments: [], configs: [] }
  const request = { topics: [topic], timeoutMs: 30_000, validateOnly: false }
  const { topics } = await peer.call(CreateTopics, 7, request, { timeoutMs: 50_000 })
  syncMs = 0
  expect(topics[0]!.errorCode).toBe(ErrorCode.NONE)
  expect(told.slice(before).filter((line) => /metadata quorum|fenced/.test(line))).toEqual([])
  peer.close()
})
