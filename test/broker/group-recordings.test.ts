import { afterEach, describe, expect, test } from 'vitest'
import { startBroker, type TestBroker } from '../../src/index.js'
import { conversations } from '../support/group-conversations.js'
import { recordingOf, replayed } from '../support/group-replay.js'
import { prepared } from '../support/group-talk.js'

let broker: TestBroker | null = null
afterEach(() => broker?.close())

describe('every frame is answered as Apache Kafka 4.3.1 did', () => {
  test.each(conversations.map(({ name }) => name))('%s', async (name) => {
    broker = await startBroker({ settings: { 'offsets.topic.num.partitions': 3 } })
    const recording = recordingOf(name)
    const topics = await prepared(broker.port, recording.topics)
    const { recorded, heard } = await replayed(recording, { port: broker.port, topics })
    expect(heard).toEqual(recorded)
  })
})
