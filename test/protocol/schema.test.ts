import { expect, expectTypeOf, test } from 'vitest'
import type { ApiVersions } from '../../src/protocol/messages/api-versions.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import type { InitProducerId } from '../../src/protocol/messages/init-producer-id.js'
import type { JoinGroup } from '../../src/protocol/messages/join-group.js'
import { OffsetCommit } from '../../src/protocol/messages/offset-commit.js'
import type { OffsetFetch } from '../../src/protocol/messages/offset-fetch.js'
import type {
  Api,
  ReadMessage,
  ReadRequest,
  ReadResponse,
  WriteMessage,
  WriteRequest,
  WriteResponse,
} from '../../src/protocol/schema.js'
import { int8, string } from '../../src/protocol/schema.js'
import type { OffsetCommitValue } from '../../src/protocol/state/consumer-offsets.js'

// What does not compile is tested by the compiler: an expected error that does not come is itself one.

type Commit = WriteResponse<typeof OffsetCommit>
type Fetched = WriteResponse<typeof OffsetFetch>

test('every field is there for who reads, null only where null may stand', () => {
  type Request = ReadRequest<typeof OffsetCommit>
  type Partition = Request['topics'][number]['partitions'][number]
  expectTypeOf<Request['retentionTimeMs']>().toEqualTypeOf<number>()
  expectTypeOf<Request['groupInstanceId']>().toEqualTypeOf<string | null>()
  expectTypeOf<Partition['committedMetadata']>().toEqualTypeOf<string | null>()
  expectTypeOf<Partition['committedOffset']>().toEqualTypeOf<number>()
  expectTypeOf<ReadRequest<typeof Fetch>['replicaState']>().toEqualTypeOf<{ replicaId: number; replicaEpoch: number }>()
  expectTypeOf<ReadResponse<typeof InitProducerId>['producerId']>().toEqualTypeOf<bigint>()
  expectTypeOf<ReadRequest<typeof JoinGroup>['protocols']>().toEqualTypeOf<{ name: string; metadata: Buffer }[]>()
  expectTypeOf<ReadMessage<typeof OffsetCommitValue>['leaderEpoch']>().toEqualTypeOf<number>()
})

test('a field that every version carries, without a default, must be given', () => {
  const good: Commit = { topics: [{ name: 't', partitions: [{ partitionIndex: 1, errorCode: 0 }] }] }
  // @ts-expect-error the error code is missing
  const noError: Commit = { topics: [{ name: 't', partitions: [{ partitionIndex: 1 }] }] }
  // @ts-expect-error the topics are missing
  const nothing: Commit = {}
  // @ts-expect-error the type is missing
  const noRetention: WriteMessage<typeof OffsetCommitValue> = { offset: 1, metadata: '' }
  expect([good, noError, nothing, noRetention]).toHaveLength(4)
})

test('a struct that only some versions carry asks for the fields that it has in those', () => {
  const partition = { partitionIndex: 1, committedOffset: 5, metadata: '' }
  // @ts-expect-error the error code is missing
  const bad: Fetched = { groups: [{ groupId: 'g', topics: [{ name: 't', partitions: [partition] }] }] }
  const good: Fetched = {
    groups: [{ groupId: 'g', topics: [{ name: 't', partitions: [{ ...partition, errorCode: 0 }] }] }],
  }
  expect([bad, good]).toHaveLength(2)
})

test('the rest may be left out: defaults, tags, what some version lacks, and the throttle time', () => {
  const request: WriteRequest<typeof Fetch> = { maxWaitMs: 1, minBytes: 1, topics: [] }
  const answer: WriteResponse<typeof ApiVersions> = { errorCode: 0, apiKeys: [] }
  expect([request, answer]).toHaveLength(2)
})

test('an unknown field, a wrong range and a wrong default do not compile', () => {
  // @ts-expect-error no such field
  const unknown: Commit = { topics: [], colour: 'red' }
  // @ts-expect-error no such field
  const nested: Commit = { topics: [{ partitions: [], colour: 'red' }] }
  // @ts-expect-error no range
  const range = string('7plus')
  // @ts-expect-error a string is no number
  const fallback = int8('0+', { default: 'x' })
  expect([unknown, nested, range, fallback]).toHaveLength(4)
})

test('every message is an Api without further types', () => {
  const several: Api[] = [Fetch, OffsetCommit]
  expect(several.map(({ key, minVersion, maxVersion }) => [key, minVersion, maxVersion])).toEqual([
    [1, 4, 18],
    [8, 2, 10],
  ])
})
