import { JoinGroup } from '../../src/protocol/messages/join-group.js'
import type { LeaveGroup } from '../../src/protocol/messages/leave-group.js'
import { OffsetCommit } from '../../src/protocol/messages/offset-commit.js'
import { OffsetFetch } from '../../src/protocol/messages/offset-fetch.js'
import type { SyncGroup } from '../../src/protocol/messages/sync-group.js'
import type { WriteRequest } from '../../src/protocol/schema.js'
import { subscription } from '../group/subscription.js'
import type { Talk } from './group-talk.js'

/** Something that clients do with groups, the same with every broker. */
export interface Conversation {
  readonly name: string
  readonly topics: readonly { readonly name: string; readonly partitions: number }[]
  speak(talk: Talk): Promise<void>
}

export const ORDERS = [{ name: 'orders', partitions: 2 }]
const UNKNOWN_ID = '4gnb8EGVTHSO-1ilSNvKMg'
export const VERSIONS = {
  join: 9,
  sync: 5,
  heartbeat: 4,
  leave: 5,
  commit: 10,
  fetch: 10,
  list: 5,
  describe: 6,
  delete: 2,
}
type Join = WriteRequest<typeof JoinGroup>

export const range = (min: number, max: number): number[] => Array.from({ length: max - min + 1 }, (_, i) => min + i)

export function joining(groupId: string, more: Partial<Join> = {}): Join {
  const protocols = [{ name: 'range', metadata: subscription('orders') }]
  const timeouts = { sessionTimeoutMs: 30_000, rebalanceTimeoutMs: 30_000 }
  return { groupId, memberId: '', protocolType: 'consumer', protocols, ...timeouts, ...more }
}

/** Joins as a client does: again with the id, where the first answer is to do so. */
export async function join(
  talk: Talk,
  on: string,
  version: number,
  request: Join,
): Promise<{ memberId: string; generationId: number }> {
  const first = await talk.ask(on, JoinGroup, version, request)
  return first.errorCode === 79 ? talk.ask(on, JoinGroup, version, { ...request, memberId: first.memberId }) : first
}

/** A first join that is parked: its member id, and the answer is still to come. */
export async function beginJoin(talk: Talk, on: string, version: number, request: Join): Promise<string> {
  const { memberId } = await talk.ask(on, JoinGroup, version, request)
  await talk.send(on, JoinGroup, version, { ...request, memberId })
  await talk.until(request.groupId, 'PreparingRebalance', memberId)
  return memberId
}

/** From version 5 on the members say what they have agreed on. */
export function syncing(
  version: number,
  request: WriteRequest<typeof SyncGroup>,
  protocolType = 'consumer',
): WriteRequest<typeof SyncGroup> {
  return version < 5 ? request : { ...request, protocolType, protocolName: 'range' }
}

export function leaving(version: number, groupId: string, memberId: string): WriteRequest<typeof LeaveGroup> {
  return version < 3 ? { groupId, memberId, members: [] } : { groupId, members: [{ memberId }] }
}

interface Committed {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly metadata?: string | null
}

interface Committer {
  readonly groupId: string
  readonly generationIdOrMemberEpoch?: number
  readonly memberId?: string
  readonly groupInstanceId?: string
  readonly retentionTimeMs?: number
}

export async function commit(
  talk: Talk,
  version: number,
  { memberId = '', ...committer }: Committer,
  offsets: readonly Committed[],
): Promise<void> {
  const idOf = (topic: string): string => talk.topics.find(({ name }) => name === topic)?.id ?? UNKNOWN_ID
  await talk.ask('a', OffsetCommit, version, {
    memberId,
    ...committer,
    topics: offsets.map(({ topic, partition, offset, metadata = '' }) => ({
      ...(version >= 10 ? { topicId: idOf(topic) } : { name: topic }),
      partitions: [{ partitionIndex: partition, committedOffset: offset, committedMetadata: metadata }],
    })),
  })
}

type Asked = readonly { readonly topic: string; readonly partitions: number[] }[] | null

export async function fetch(
  talk: Talk,
  version: number,
  groupId: string,
  asked: Asked,
  requireStable = false,
): Promise<void> {
  const idOf = (topic: string): string => talk.topics.find(({ name }) => name === topic)?.id ?? UNKNOWN_ID
  const topics =
    asked?.map(({ topic, partitions: partitionIndexes }) => ({
      ...(version >= 10 ? { topicId: idOf(topic) } : { name: topic }),
      partitionIndexes,
    })) ?? null
  const stable = version >= 7 ? { requireStable } : {}
  if (version >= 8) await talk.ask('a', OffsetFetch, version, { groups: [{ groupId, topics }], ...stable } as never)
  else await talk.ask('a', OffsetFetch, version, { groupId, topics, ...stable } as never)
}
