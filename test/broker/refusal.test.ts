import { expect, test } from 'vitest'
import { encodeAnswer } from '../../src/broker/answer.js'
import { handlers } from '../../src/broker/handlers.js'
import { refusal } from '../../src/broker/refusal.js'
import { Reader } from '../../src/bytes/reader.js'
import { readResponse } from '../../src/protocol/codec.js'
import { readResponseHeader } from '../../src/protocol/header.js'
import { CreateTopics } from '../../src/protocol/messages/create-topics.js'
import { DescribeConfigs } from '../../src/protocol/messages/describe-configs.js'
import { DescribeGroups } from '../../src/protocol/messages/describe-groups.js'
import { DescribeProducers } from '../../src/protocol/messages/describe-producers.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { JoinGroup } from '../../src/protocol/messages/join-group.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { OffsetFetch } from '../../src/protocol/messages/offset-fetch.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import type { Api, ReadResponse } from '../../src/protocol/schema.js'

function refused<A extends Api>(api: A, version: number, request: unknown): ReadResponse<A> {
  const bytes = Buffer.concat(encodeAnswer(api, version, 7, refusal(api, version, request, -1)))
  expect(bytes.readInt32BE(0)).toBe(bytes.length - 4)
  const reader = new Reader(bytes, 4)
  expect(readResponseHeader(reader, api, version).correlationId).toBe(7)
  const answer = readResponse(api, version, reader)
  expect(reader.remaining).toBe(0)
  return answer
}

test('every API that is served can refuse a request, in every version', () => {
  for (const { api, versions } of handlers) {
    for (let version = Math.max(versions.min, api.minVersion); version <= versions.max; version++)
      expect(refused(api, version, {})).toBeTypeOf('object')
  }
})

test('a request to produce that nobody reads an answer to ends the connection', () => {
  expect(refusal(Produce, 9, { acks: 0, topicData: [] }, -1)).toBe('close')
})

test('each partition that was asked about carries the error, under the names of the request', () => {
  const produce = { topicData: [{ name: 't', topicId: 'AAAAAAAAAAAAAAAAAAAABQ', partitionData: [{ index: 3 }] }] }
  expect(refused(Produce, 9, produce).responses).toMatchObject([
    { name: 't', partitionResponses: [{ index: 3, errorCode: -1, baseOffset: -1 }] },
  ])
  expect(refused(Produce, 13, produce).responses[0]!.topicId).toBe('AAAAAAAAAAAAAAAAAAAABQ')
  const fetch = { topics: [{ topic: 't', partitions: [{ partition: 3, logStartOffset: 5 }] }] }
  expect(refused(Fetch, 12, fetch)).toMatchObject({ errorCode: -1, responses: [{ topic: 't' }] })
})

test('items that are bare values in the request are named, too', () => {
  expect(refused(DescribeGroups, 5, { groups: ['a', 'b'] }).groups).toMatchObject([
    { groupId: 'a', errorCode: -1 },
    { groupId: 'b', errorCode: -1 },
  ])
  const producers = { topics: [{ name: 't', partitionIndexes: [4] }] }
  expect(refused(DescribeProducers, 0, producers).topics).toMatchObject([
    { name: 't', partitions: [{ partitionIndex: 4, errorCode: -1, activeProducers: [] }] },
  ])
  const offsets = { groups: [{ groupId: 'g', topics: [{ name: 't', partitionIndexes: [1] }] }] }
  expect(refused(OffsetFetch, 8, offsets).groups).toMatchObject([{ groupId: 'g', errorCode: -1 }])
})

test('what cannot say an error is left out', () => {
  expect(refused(JoinGroup, 9, { protocols: [{ name: 'range', metadata: Buffer.alloc(1) }] })).toMatchObject({
    errorCode: -1,
    members: [],
  })
  expect(refused(Metadata, 9, { topics: [{ name: 't' }] })).toMatchObject({
    brokers: [],
    topics: [{ name: 't', errorCode: -1, partitions: [] }],
  })
  expect(refused(Metadata, 9, { topics: null }).topics).toEqual([])
})

test('resources and topics that were to be changed carry the error', () => {
  expect(refused(CreateTopics, 5, { topics: [{ name: 't', numPartitions: 3 }] }).topics).toMatchObject([
    { name: 't', errorCode: -1 },
  ])
  const resources = [{ resourceType: 2, resourceName: 't', configurationKeys: ['x'] }]
  expect(refused(DescribeConfigs, 4, { resources }).results).toMatchObject([
    { resourceType: 2, resourceName: 't', errorCode: -1, configs: [] },
  ])
})
