import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { lineLog } from '../../src/base/log.js'
import { systemRandom } from '../../src/base/random.js'
import { type Daemon, startDaemon } from '../../src/daemon.js'
import { apis } from '../../src/protocol/apis.js'
import { REQUEST_ELEMENTS_MAX } from '../../src/protocol/codec.js'
import { ApiVersions } from '../../src/protocol/messages/api-versions.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import type { ScalarKind } from '../../src/protocol/schema.js'
import { buildBatch } from '../../src/records/builder.js'
import { connectTo, createTopic } from '../flood/floods.js'
import { type Choices, madeRequest } from '../fuzz/made-request.js'
import { RawClient } from '../support/raw-client.js'

const MANY = 45_000
/** What is compared with it; whoever compares each element with all the others takes the square of this for so many more. */
const TIMES_FEWER = 8
const TIMES_LONGER_MAX = 30
/** Less is no measure. */
const CPU_MS_MIN = 60

let directory: string
let daemon: Daemon
const errors: string[] = []
const SOFTWARE = { clientSoftwareName: 'wide', clientSoftwareVersion: '1' }

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'klog-wide-'))
  const log = lineLog((line) => {
    if (line.includes('] ERROR ')) errors.push(line)
  }, systemClock)
  const settings = new Map([
    ['listeners', 'PLAINTEXT://127.0.0.1:0'],
    ['log.dirs', directory],
  ])
  daemon = await startDaemon({ settings, clusterId: null, clock: systemClock, random: systemRandom, log })
  const peer = await connectTo(daemon.port)
  await createTopic(peer, 'there')
  peer.close()
})
afterAll(async () => {
  await daemon.kill()
  rmSync(directory, { recursive: true, force: true })
  expect(errors).toEqual([])
})

/** A request with so many elements in one of its arrays, and none in the others but one where a partition's data is. */
function wide(name: string, version: number, array: string, count: number, choices: Partial<Choices> = {}): Buffer {
  const api = apis.find((one) => one.name === name)!
  let number = 0
  return madeRequest(api, version, 1, {
    clientId: 'wide',
    count: (field) => (field === array ? count : field.endsWith('artitionData') ? 1 : 0),
    isNull: () => false,
    isTagged: () => false,
    value: (_, kind) => differentEachTime(kind, number++),
    ...choices,
  })
}

function differentEachTime(kind: ScalarKind, number: number): Buffer {
  switch (kind) {
    case 'string':
      return Buffer.from(`n${number}`)
    case 'bytes':
    case 'records':
      return Buffer.from('x')
    case 'boolean':
      return Buffer.from([0])
    case 'int8':
      return Buffer.from([2])
    case 'int16':
      return Buffer.from([0, 1])
    case 'uuid': {
      const bytes = Buffer.alloc(16, 1)
      bytes.writeInt32BE(number)
      return bytes
    }
    default: {
      const bytes = Buffer.alloc(kind === 'int32' || kind === 'uint32' ? 4 : 8)
      bytes.writeInt32BE(number, bytes.length - 4)
      return bytes
    }
  }
}

/** True where it is answered, false where the connection is closed instead. */
async function isAnswered(frame: Buffer): Promise<boolean> {
  const client = await RawClient.connect(daemon.port)
  client.sendFrame(frame)
  const answer = await client.frame()
  client.reset()
  return answer !== null
}

async function expectProportion(request: (count: number) => Buffer): Promise<void> {
  const few = await cpuMsOf(request(Math.floor(MANY / TIMES_FEWER)))
  expect(await cpuMsOf(request(MANY))).toBeLessThan(Math.max(few, CPU_MS_MIN) * TIMES_LONGER_MAX)
}

async function cpuMsOf(frame: Buffer): Promise<number> {
  const before = process.cpuUsage()
  expect(await isAnswered(frame)).toBe(true)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

describe('the work that a request makes grows no faster than the request', () => {
  test.each([
    ['Produce', 13, 'topicData'],
    ['DeleteTopics', 1, 'topicNames'],
    ['CreatePartitions', 3, 'topics'],
    ['IncrementalAlterConfigs', 1, 'resources'],
    ['DescribeUserScramCredentials', 0, 'users'],
  ])(
    '%s version %i of many %s',
    async (name, version, array) => {
      await expectProportion((count) => wide(name, version, array, count))
    },
    60_000,
  )

  test('WriteTxnMarkers version 1 of many markers of one producer', async () => {
    const value = (_: string, kind: ScalarKind): Buffer => differentEachTime(kind, 1)
    const counts = (count: number) => (field: string) => (field === 'markers' ? Math.floor(count / 3) : 1)
    await expectProportion((count) => wide('WriteTxnMarkers', 1, 'markers', 1, { count: counts(count), value }))
  }, 60_000)
})

describe('a request that would take more memory than there is ends its connection alone', () => {
  test('with more elements than any client has use for', async () => {
    expect(await isAnswered(wide('DescribeTransactions', 0, 'transactionalIds', REQUEST_ELEMENTS_MAX))).toBe(true)
    expect(await isAnswered(wide('DescribeTransactions', 0, 'transactionalIds', REQUEST_ELEMENTS_MAX + 1))).toBe(false)
    // Those of arrays within arrays count as well.
    const count = (field: string): number => (field === 'topics' ? 2 : REQUEST_ELEMENTS_MAX / 2)
    expect(await isAnswered(wide('OffsetDelete', 0, 'topics', 2, { count }))).toBe(false)
  })

  test('with an answer of many times its size', async () => {
    const value = (field: string, kind: ScalarKind): Buffer =>
      field.endsWith('resourceName') ? Buffer.from('there') : differentEachTime(kind, 1)
    const isNull = (): boolean => true
    expect(await isAnswered(wide('DescribeConfigs', 4, 'resources', 10, { value, isNull }))).toBe(true)
    expect(await isAnswered(wide('DescribeConfigs', 4, 'resources', 20_000, { value, isNull }))).toBe(false)
    expect(await isAnswered(wide('DescribeConfigs', 4, 'resources', 10, { value, isNull }))).toBe(true)
  }, 60_000)
})

test('others are answered between batches that take long to be unpacked, and these stay in their order', async () => {
  const [peer, neighbour] = [await connectTo(daemon.port), await connectTo(daemon.port)]
  // As gzip each of them takes more than a turn.
  const value = Buffer.alloc(50_000_000)
  const batches = 10
  let done = 0
  const answers = Array.from({ length: batches }, async (_, number) => {
    // The records tell which batch they are of: the first has one, the second two …
    const some = Array.from({ length: number + 1 }, () => ({ timestamp: systemClock.now(), key: null, value: null }))
    const records = buildBatch({ compression: 'gzip', records: [...some, { ...some[0]!, value }] })
    const topicData = [{ name: 'there', partitionData: [{ index: 0, records }] }]
    const answer = await peer.call(Produce, 9, { transactionalId: null, acks: -1, timeoutMs: 60_000, topicData })
    done++
    return answer.responses[0]!.partitionResponses[0]!
  })
  let answeredMeanwhile = 0
  for (; done < batches; answeredMeanwhile++) await neighbour.call(ApiVersions, 3, SOFTWARE)
  const partitions = await Promise.all(answers)
  peer.close()
  neighbour.close()
  let next = 0
  for (const [number, { errorCode, baseOffset }] of partitions.entries()) {
    expect({ errorCode, baseOffset }).toEqual({ errorCode: 0, baseOffset: next })
    next += number + 2
  }
  expect(answeredMeanwhile).toBeGreaterThan(3)
}, 60_000)
