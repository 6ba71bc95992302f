import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/base/clock.js'
import { systemRandom } from '../../../src/base/random.js'
import { ClusterClient } from '../../../src/client/cluster-client.js'
import { readConsumerConfig } from '../../../src/client/consumer/config.js'
import { Fetcher } from '../../../src/client/consumer/fetcher.js'
import type { StartPosition } from '../../../src/client/consumer/partition-state.js'
import { TopicLeaders } from '../../../src/client/topic-leaders.js'
import { ErrorCode } from '../../../src/protocol/errors.js'
import { Fetch } from '../../../src/protocol/messages/fetch.js'
import { ListOffsets } from '../../../src/protocol/messages/list-offsets.js'
import { Metadata } from '../../../src/protocol/messages/metadata.js'
import { buildBatch } from '../../../src/records/builder.js'
import { ScriptedBroker } from '../../support/scripted-broker.js'
import { type FetchAnswer, leadTopic } from '../../support/scripted-topic.js'

const NEVER = new AbortController().signal
let broker: ScriptedBroker
let close: () => void
beforeEach(async () => {
  broker = await ScriptedBroker.start()
  close = () => {}
})
afterEach(async () => {
  close()
  await broker.close()
})

async function fetcherFrom(start: StartPosition, settings: Record<string, string> = {}): Promise<Fetcher> {
  const properties = {
    'bootstrap.servers': broker.address,
    'retry.backoff.ms': '1',
    'retry.backoff.max.ms': '1',
    ...settings,
  }
  const config = readConsumerConfig(new Map(Object.entries(properties)))
  const client = await ClusterClient.open({ config: config.client, clock: systemClock, random: systemRandom })
  const leaders = new TopicLeaders(client, { createsTopics: false })
  const fetcher = new Fetcher({ client, config, random: systemRandom, leaders, onUnreachable: () => {} })
  close = () => {
    fetcher.close()
    client.close()
  }
  fetcher.assign([{ topic: 't', partition: 0, start }])
  return fetcher
}

/** A log of one record an offset, up to `end`; then fetches are parked. */
function logTo(end: number, before: (fromOffset: number) => FetchAnswer | 'close' | null = () => null) {
  return {
    start: 0,
    end,
    answer: (fromOffset: number): FetchAnswer | 'close' | 'silence' => {
      const special = before(fromOffset)
      if (special !== null) return special
      if (fromOffset >= end) return 'silence'
      const record = { timestamp: 1, key: null, value: Buffer.from(`v${fromOffset}`) }
      return { records: buildBatch({ baseOffset: fromOffset, leaderEpoch: 3, records: [record] }) }
    },
  }
}

async function read(fetcher: Fetcher): Promise<string[]> {
  const chunk = await fetcher.poll(10_000, NEVER)
  return [...chunk!.records()].map(({ value }) => String(value))
}

describe('reading a partition', () => {
  test.each([
    ['earliest', ['v0']],
    [1, ['v1']],
  ] as const)('begins at %s', async (start, expected) => {
    leadTopic(broker, logTo(2))
    expect(await read(await fetcherFrom(start))).toEqual(expected)
  })

  test('begins at the end, and knows its place before anything has come', async () => {
    leadTopic(broker, logTo(5))
    const fetcher = await fetcherFrom('latest')
    expect(await fetcher.poll(200, NEVER)).toBeNull()
    expect(fetcher.positions()).toEqual([{ topic: 't', partition: 0, offset: 5, leaderEpoch: -1 }])
  })

  test('counts as read what was taken, though more has been fetched', async () => {
    leadTopic(broker, logTo(3))
    const fetcher = await fetcherFrom('earliest')
    await read(fetcher)
    await expect.poll(() => broker.timesAsked(Fetch)).toBeGreaterThan(1)
    expect(fetcher.positions()).toEqual([{ topic: 't', partition: 0, offset: 1, leaderEpoch: 3 }])
  })

  test('knows no leader epoch in the middle of what was fetched', async () => {
    const records = ['a', 'b'].map((value) => ({ timestamp: 1, key: null, value: Buffer.from(value) }))
    leadTopic(broker, { start: 0, end: 2, answer: () => ({ records: buildBatch({ leaderEpoch: 3, records }) }) })
    const fetcher = await fetcherFrom('earliest')
    const reading = (await fetcher.poll(10_000, NEVER))!.records()
    reading.next()
    expect(fetcher.positions()).toEqual([{ topic: 't', partition: 0, offset: 1, leaderEpoch: -1 }])
    reading.next()
    expect(fetcher.positions()).toEqual([{ topic: 't', partition: 0, offset: 2, leaderEpoch: 3 }])
  })

  test('fetches ahead while something is being read, but once only', async () => {
    leadTopic(broker, logTo(100))
    const fetcher = await fetcherFrom('earliest')
    await read(fetcher)
    await expect.poll(() => broker.timesAsked(Fetch)).toBe(2)
    expect(await read(fetcher)).toEqual(['v1'])
  })

  test.each([
    ErrorCode.NOT_LEADER_OR_FOLLOWER,
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    ErrorCode.FENCED_LEADER_EPOCH,
    ErrorCode.OFFSET_NOT_AVAILABLE,
    ErrorCode.KAFKA_STORAGE_ERROR,
  ])('asks again who leads after error %i', async (errorCode) => {
    const troubles: FetchAnswer[] = [{ errorCode }]
    let askedBefore = 0
    leadTopic(
      broker,
      logTo(2, (offset) => {
        if (offset === 0 || troubles.length === 0) return null
        askedBefore = broker.timesAsked(Metadata)
        return troubles.shift()!
      }),
    )
    const fetcher = await fetcherFrom('earliest')
    expect([await read(fetcher), await read(fetcher)]).toEqual([['v0'], ['v1']])
    expect(broker.timesAsked(Metadata)).toBeGreaterThan(askedBefore)
  })

  test('goes on when a connection breaks', async () => {
    let isBroken = false
    leadTopic(
      broker,
      logTo(2, (offset) => {
        if (offset === 0 || isBroken) return null
        isBroken = true
        return 'close'
      }),
    )
    const fetcher = await fetcherFrom('earliest')
    expect([await read(fetcher), await read(fetcher)]).toEqual([['v0'], ['v1']])
  })

  test.each([
    ['latest', 'silence'],
    ['earliest', 'v0'],
  ])('starts over by the rule when its place does not exist: %s', async (reset, outcome) => {
    leadTopic(
      broker,
      logTo(2, (offset) => (offset === 99 ? { errorCode: ErrorCode.OFFSET_OUT_OF_RANGE } : null)),
    )
    const fetcher = await fetcherFrom(99, { 'auto.offset.reset': reset })
    if (outcome === 'silence') expect(await fetcher.poll(200, NEVER)).toBeNull()
    else expect(await read(fetcher)).toEqual([outcome])
    expect(broker.timesAsked(ListOffsets)).toBe(1)
  })

  test('fails when its place does not exist and there is no rule', async () => {
    leadTopic(
      broker,
      logTo(2, () => ({ errorCode: ErrorCode.OFFSET_OUT_OF_RANGE })),
    )
    const fetcher = await fetcherFrom(99, { 'auto.offset.reset': 'none' })
    await expect(fetcher.poll(10_000, NEVER)).rejects.toThrow('Fetch position 99 is out of range for partition t-0')
  })

  test('fails when it may not be read', async () => {
    leadTopic(
      broker,
      logTo(2, () => ({ errorCode: ErrorCode.TOPIC_AUTHORIZATION_FAILED })),
    )
    const fetcher = await fetcherFrom('earliest')
    await expect(fetcher.poll(10_000, NEVER)).rejects.toThrow('Topic authorization failed.')
  })

  test('fails where the bytes are no records', async () => {
    leadTopic(broker, { start: 0, end: 1, answer: () => ({ records: Buffer.alloc(80, 0xff) }) })
    const fetcher = await fetcherFrom('earliest')
    await expect(fetcher.poll(10_000, NEVER)).rejects.toThrow(
      'Received exception when fetching the next record from t-0',
    )
  })

  test('stops waiting when it is told to', async () => {
    leadTopic(broker, logTo(0))
    const fetcher = await fetcherFrom('earliest')
    const stop = new AbortController()
    const polled = fetcher.poll(Number.POSITIVE_INFINITY, stop.signal)
    stop.abort()
    expect(await polled).toBeNull()
  })

  test('drops what was fetched of partitions that are no longer wanted', async () => {
    leadTopic(broker, logTo(10))
    const fetcher = await fetcherFrom('earliest')
    const chunk = await fetcher.poll(10_000, NEVER)
    fetcher.assign([])
    expect([...chunk!.records()]).toEqual([])
    expect(fetcher.positions()).toEqual([])
    expect(await fetcher.poll(100, NEVER)).toBeNull()
  })
})
