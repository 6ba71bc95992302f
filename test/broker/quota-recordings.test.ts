import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { systemRandom } from '../../src/base/random.js'
import { Reader } from '../../src/bytes/reader.js'
import { Writer } from '../../src/bytes/writer.js'
import { type Daemon, startDaemon } from '../../src/daemon.js'
import { apis } from '../../src/protocol/apis.js'
import { readResponse, writeRequest } from '../../src/protocol/codec.js'
import { readResponseHeader, writeRequestHeader } from '../../src/protocol/header.js'
import { type AskedStep, quotaSteps } from '../support/quota-steps.js'
import { RawClient } from '../support/raw-client.js'

const file = join(import.meta.dirname, '../golden/quotas/conversation.jsonl')
/** Where an Apache Kafka listens that is to be recorded. */
const recordedPort = Number(process.env.KAFKA_PORT ?? 0)

const directory = mkdtempSync(join(tmpdir(), 'klog-quotas-'))
let daemon: Daemon | null = null
let port = recordedPort

beforeAll(async () => {
  if (recordedPort !== 0) return
  const settings = { 'log.dirs': directory, listeners: 'PLAINTEXT://127.0.0.1:0' }
  daemon = await startDaemon({
    settings: new Map(Object.entries(settings)),
    ...{ clusterId: null, clock: systemClock, random: systemRandom, log: silentLog },
  })
  port = daemon.port
})

afterAll(async () => {
  await daemon?.close()
  rmSync(directory, { recursive: true })
})

/** Each request on a connection of its own, so that nobody is held back for somebody else's sake. */
async function ask({
  api: name,
  version,
  request,
  clientId = 'recorded',
  isFresh = false,
}: AskedStep): Promise<unknown> {
  const client = await RawClient.connect(port)
  const api = apis.find((candidate) => candidate.name === name)!
  const writer = new Writer()
  writeRequestHeader(writer, api, { version, correlationId: 1, clientId })
  writeRequest(api, version, writer, withBytes(request) as never)
  client.sendFrame(writer.toBuffer())
  const reader = new Reader((await client.frame())!)
  readResponseHeader(reader, api, version)
  const response = readResponse(api, version, reader)
  client.destroy()
  return comparable(response, isFresh)
}

function withBytes(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith('hex:')) return Buffer.from(value.slice(4), 'hex')
  if (Array.isArray(value)) return value.map(withBytes)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withBytes(field)]))
}

/** Of records only their size, of new topics only their fate. */
function comparable(response: unknown, isFresh: boolean): unknown {
  const text = JSON.stringify(response, (name, value: unknown) => {
    if (name === 'configs' || name === 'topicId') return undefined
    if (name === 'records' && typeof value !== 'string')
      return `${(value as { data?: number[] } | null)?.data?.length ?? 0} bytes`
    if (name === 'throttleTimeMs' && !isFresh && Number(value) > 0) return '{throttled}'
    // Java's order of these goes by what was there before, and by the moment.
    if (name === 'entries' || name === 'credentialInfos') return sorted(value as unknown[])
    return typeof value === 'bigint' ? String(value) : value
  })
  return JSON.parse(text)
}

function sorted(items: readonly unknown[] | null): unknown[] | null {
  const key = (item: unknown): string => JSON.stringify(item)
  return items === null ? null : [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

describe('quotas and SCRAM credentials', () => {
  test('are answered for, and held to, as by Apache Kafka', async () => {
    if (recordedPort !== 0) {
      const lines: string[] = []
      for (const step of quotaSteps) {
        lines.push(JSON.stringify({ ...step, response: await ask(step) }))
        // There a change holds some moments after it was answered.
        if (step.api === 'AlterClientQuotas' || step.api === 'CreateTopics') await pause(700)
      }
      writeFileSync(file, `${lines.join('\n')}\n`)
    }
    const recorded = readFileSync(file, 'utf8').trim().split('\n')
    expect(recorded.length).toBe(quotaSteps.length)
    for (const [index, line] of recorded.entries()) {
      const { response, isFresh = false, ...asked } = JSON.parse(line) as AskedStep & { response: unknown }
      if (recordedPort !== 0) continue
      expect
        .soft(await ask({ ...asked, isFresh }), `line ${index + 1}: ${line.slice(0, 300)}`)
        .toEqual(comparable(response, isFresh))
    }
  }, 60_000)
})
