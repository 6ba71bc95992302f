import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { systemRandom } from '../../src/base/random.js'
import { readClientConfig } from '../../src/client/client-config.js'
import { ClusterClient } from '../../src/client/cluster-client.js'
import { TopicLeaders } from '../../src/client/topic-leaders.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { ScriptedBroker } from '../support/scripted-broker.js'

let broker: ScriptedBroker
let client: ClusterClient
beforeEach(async () => {
  broker = await ScriptedBroker.start()
  const config = readClientConfig(broker.address, new Map())
  client = await ClusterClient.open({ config, clock: systemClock, random: systemRandom })
})
afterEach(async () => {
  client.close()
  await broker.close()
})

const led = (partitionIndex: number, leaderId: number, errorCode: ErrorCode = ErrorCode.NONE) => ({
  errorCode,
  partitionIndex,
  leaderId,
  replicaNodes: [],
  isrNodes: [],
})

describe('the leaders of a topic', () => {
  test('are known by partition number, whatever the order of the answer', async () => {
    broker.on(Metadata, () => ({
      brokers: [],
      topics: [{ errorCode: 0, name: 't', partitions: [led(2, 7), led(0, 5), led(1, 6)] }],
    }))
    const leaders = new TopicLeaders(client, { createsTopics: false })
    expect(leaders.topic('t')).toBeNull()
    await leaders.refresh(['t'], 1000)
    expect(leaders.topic('t')?.leaders).toEqual([5, 6, 7])
    expect(leaders.issues.size).toBe(0)
  })

  test('are -1 where there is none, which is told', async () => {
    broker.on(Metadata, () => ({
      brokers: [],
      topics: [
        { errorCode: 0, name: 't', partitions: [led(0, 5), led(1, -1, ErrorCode.LEADER_NOT_AVAILABLE)] },
        { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, name: 'u', partitions: [] },
      ],
    }))
    const told: string[] = []
    const onIssues = (issues: ReadonlyMap<string, ErrorCode>) => told.push(...issues.keys())
    const leaders = new TopicLeaders(client, { createsTopics: false, onIssues })
    await leaders.refresh(null, 1000)
    expect(leaders.topic('t')?.leaders).toEqual([5, -1])
    expect(leaders.topic('u')).toBeNull()
    expect(told).toEqual(['t', 'u'])
    expect(leaders.issue('u')).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  })

  test('are no longer a list than the answer has partitions, whatever numbers it names', async () => {
    const partitions = [led(0, 5), led(2 ** 31 - 1, 6), led(-1, 7)]
    broker.on(Metadata, () => ({ brokers: [], topics: [{ errorCode: 0, name: 't', partitions }] }))
    const leaders = new TopicLeaders(client, { createsTopics: false })
    await leaders.refresh(['t'], 1000)
    expect(leaders.topic('t')?.leaders).toEqual([5, -1, -1])
  })
})
