import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { systemRandom } from '../../src/base/random.js'
import { Reader } from '../../src/bytes/reader.js'
import { ZERO_UUID } from '../../src/bytes/uuid.js'
import { Writer } from '../../src/bytes/writer.js'
import { type Daemon, startDaemon } from '../../src/daemon.js'
import { apis } from '../../src/protocol/apis.js'
import { readResponse, writeRequest } from '../../src/protocol/codec.js'
import { readResponseHeader, writeRequestHeader } from '../../src/protocol/header.js'
import { freePortRow } from '../support/port-row.js'
import { RawClient } from '../support/raw-client.js'

interface Step {
  readonly api: string
  readonly version: number
  readonly request: never
  readonly response: unknown
}

const steps = readFileSync(join(import.meta.dirname, '../golden/cluster/administration.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Step)

const directory = mkdtempSync(join(tmpdir(), 'klog-administration-'))
let port = 0
let daemon: Daemon
let client: RawClient

beforeAll(async () => {
  port = await freePortRow(2)
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': '0',
    'controller.quorum.voters': `0@127.0.0.1:${port + 1}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL',
    'log.dirs': directory,
  }
  daemon = await startDaemon({
    settings: new Map(Object.entries(settings)),
    clusterId: '4L6g3nShT-eMCtK--X86sw',
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  })
  client = await RawClient.connect(port)
})

afterAll(async () => {
  client.destroy()
  await daemon.close()
  rmSync(directory, { recursive: true })
})

/** Topic ids by their placeholders, as they are learnt from the answers. */
const ids = new Map<string, string>()

async function ask({ api: name, version, request }: Step): Promise<unknown> {
  const api = apis.find((candidate) => candidate.name === name)!
  const writer = new Writer()
  writeRequestHeader(writer, api, { version, correlationId: 1, clientId: 'recorded' })
  writeRequest(api, version, writer, mapTexts(request, (text) => ids.get(text) ?? expanded(text)) as never)
  client.sendFrame(writer.toBuffer())
  const reader = new Reader((await client.frame())!)
  readResponseHeader(reader, api, version)
  return readResponse(api, version, reader)
}

function expanded(text: string): string {
  return text.replace('{250 x}', 'x'.repeat(250))
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value)
  if (Array.isArray(value)) return value.map((element) => mapTexts(element, map))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, mapTexts(field, map)]))
}

function learnIds(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  const { topicId, name, errorCode } = value as Record<string, unknown>
  if (typeof topicId === 'string' && topicId !== ZERO_UUID && errorCode === 0 && ![...ids.values()].includes(topicId))
    ids.set(`{id:${name}}`, topicId)
  for (const field of Object.values(value)) learnIds(field)
}

/** What differs in each run is replaced, and what comes in no order is sorted. */
function comparable(value: unknown): unknown {
  const placeholders = new Map([...ids].map(([placeholder, id]) => [id, placeholder]))
  const text = JSON.stringify(value, (_, field: unknown) => {
    if (typeof field === 'string') {
      return (placeholders.get(field) ?? field)
        .replaceAll(`:${port}`, ':{port}')
        .replaceAll(`:${port + 1}`, ':{controller-port}')
        .replaceAll(directory, '{dir}')
        .replace('x'.repeat(250), '{250 x}')
    }
    return field === port ? '{port}' : sorted(field)
  })
  return JSON.parse(text)
}

function sorted(value: unknown): unknown {
  if (!Array.isArray(value) || typeof value[0] !== 'object') return value
  const key = (element: Record<string, unknown>): string =>
    JSON.stringify([element.name ?? element.topic ?? element.resourceName, element.resourceType, element.topicId])
  const isUnordered = ['topic', 'resourceName'].some((name) => name in value[0]) || 'errorCode' in value[0]
  return isUnordered ? [...value].sort((a, b) => (key(a) < key(b) ? -1 : 1)) : value
}

/** Parts that were cut out of the recording are not compared. */
function withoutCut(actual: unknown, recorded: unknown): unknown {
  if (recorded === '{as elsewhere}') return recorded
  if (Array.isArray(actual) && Array.isArray(recorded))
    return actual.map((element, index) => withoutCut(element, recorded[index]))
  if (typeof actual !== 'object' || actual === null || typeof recorded !== 'object' || recorded === null) return actual
  const fields = recorded as Record<string, unknown>
  return Object.fromEntries(Object.entries(actual).map(([name, field]) => [name, withoutCut(field, fields[name])]))
}

describe('topics, configs, elections and reassignments', () => {
  test('every recorded request is answered as Apache Kafka answers it', async () => {
    expect(steps.length).toBeGreaterThan(240)
    for (const [index, step] of steps.entries()) {
      const response = await ask(step)
      learnIds(response)
      const recorded = comparable(step.response)
      const actual = withoutCut(comparable(response), recorded)
      expect(actual, `line ${index + 1}: ${step.api} ${JSON.stringify(step.request).slice(0, 300)}`).toEqual(recorded)
    }
  })

  test('the quorum is described with its one member, which has everything', async () => {
    const topics = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }]
    const step = { api: 'DescribeQuorum', version: 2, request: { topics } as never, response: null }
    const response = comparable(await ask(step)) as { topics: { partitions: { highWatermark: number }[] }[] }
    const { highWatermark } = response.topics[0]!.partitions[0]!
    expect(response).toMatchObject({
      errorCode: 0,
      topics: [
        {
          topicName: '__cluster_metadata',
          partitions: [
            {
              partitionIndex: 0,
              errorCode: 0,
              leaderId: 0,
              leaderEpoch: 1,
              currentVoters: [{ replicaId: 0, replicaDirectoryId: ZERO_UUID, logEndOffset: highWatermark }],
              observers: [],
            },
          ],
        },
      ],
      nodes: [{ nodeId: 0, listeners: [{ name: 'CONTROLLER', host: '127.0.0.1', port: port + 1 }] }],
    })
    expect(highWatermark).toBeGreaterThan(50)
  })

  test('a broker that is taken off the books and lives registers itself again, and serves on', async () => {
    const step = { api: 'UnregisterBroker', version: 0, request: { brokerId: 0 } as never, response: null }
    expect(await ask(step)).toMatchObject({ errorCode: 0 })
    const request = { topics: [{ name: 'plain', topicId: ZERO_UUID }], allowAutoTopicCreation: false }
    const metadata = { api: 'Metadata', version: 12, request: { ...request, includeTopicAuthorizedOperations: false } }
    expect(await ask({ ...metadata, request: metadata.request as never, response: null })).toMatchObject({
      brokers: [{ nodeId: 0 }],
      topics: [{ partitions: [{ leaderId: 0, isrNodes: [0] }, {}, {}, {}] }],
    })
  })
})
