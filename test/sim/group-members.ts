import { ErrorCode } from '../../src/protocol/errors.js'
import { FindCoordinator } from '../../src/protocol/messages/find-coordinator.js'
import { Heartbeat } from '../../src/protocol/messages/heartbeat.js'
import { JoinGroup } from '../../src/protocol/messages/join-group.js'
import { LeaveGroup } from '../../src/protocol/messages/leave-group.js'
import { OffsetCommit } from '../../src/protocol/messages/offset-commit.js'
import { OffsetFetch } from '../../src/protocol/messages/offset-fetch.js'
import { SyncGroup } from '../../src/protocol/messages/sync-group.js'
import { type Client, passes } from './client.js'
import { fetchFrom, READ_UNCOMMITTED } from './consumers.js'
import { hold, nameOf } from './ledger.js'
import type { Place } from './topics.js'

const GROUP = 'readers'
const GROUPS = 0
const PROTOCOL = { protocolType: 'consumer', protocolName: 'by hand' }
/** A round of joining takes as long as the slowest member. */
const JOIN_MS_MAX = 9000
const SESSION_MS = 6000

/** Who is not a member of this generation is told so by one of these. */
const EXPULSIONS: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.UNKNOWN_MEMBER_ID,
  ErrorCode.ILLEGAL_GENERATION,
  ErrorCode.REBALANCE_IN_PROGRESS,
])

interface Membership {
  readonly memberId: string
  readonly generationId: number
  readonly places: readonly Place[]
}

/** Reads what the group gives it, and commits how far it has come; dies now and then, and comes back as somebody else. */
export async function readInGroup(client: Client, places: readonly Place[]): Promise<void> {
  await client.ask(FindCoordinator, 4, { keyType: GROUPS, coordinatorKeys: [GROUP] }, (answer) => [
    answer.coordinators[0]!.errorCode,
  ])
  let memberId = ''
  while (!client.world.isCalm()) {
    const membership = await join(client, memberId, places)
    memberId = membership?.memberId ?? memberId
    if (membership !== null) await readAs(client, membership)
    if (membership === null || client.random.int(6) === 0) memberId = ''
    await client.pause(50)
  }
  const members = [{ memberId, groupInstanceId: null }]
  if (memberId !== '') await client.group(GROUP).attempt(LeaveGroup, 3, { groupId: GROUP, members })
}

/** Null where the group wants somebody else. */
async function join(client: Client, knownId: string, places: readonly Place[]): Promise<Membership | null> {
  const timeouts = { sessionTimeoutMs: SESSION_MS, rebalanceTimeoutMs: 3000 }
  const protocols = [{ name: PROTOCOL.protocolName, metadata: Buffer.alloc(0) }]
  const request = { groupId: GROUP, ...timeouts, memberId: knownId, protocolType: 'consumer', protocols }
  const joined = await client.group(GROUP).attempt(JoinGroup, 7, request, JOIN_MS_MAX)
  client.tell(() => `joins as ${knownId} -> ${joined?.errorCode}, generation ${joined?.generationId}`)
  if (joined?.errorCode === ErrorCode.MEMBER_ID_REQUIRED) return join(client, joined.memberId, places)
  if (joined === null || passes(joined.errorCode) || EXPULSIONS.has(joined.errorCode)) return null
  if (joined.errorCode !== ErrorCode.NONE) client.protest('JoinGroup', joined.errorCode)
  const { memberId, generationId } = joined
  const assignments = joined.members.map((member, at) => ({
    memberId: member.memberId,
    assignment: Buffer.from(places.flatMap((_, place) => (place % joined.members.length === at ? [place] : []))),
  }))
  const sync = { groupId: GROUP, generationId, memberId, ...PROTOCOL, assignments }
  const synced = await client.group(GROUP).attempt(SyncGroup, 5, sync, JOIN_MS_MAX)
  if (synced === null || passes(synced.errorCode) || EXPULSIONS.has(synced.errorCode)) return null
  if (synced.errorCode !== ErrorCode.NONE) client.protest('SyncGroup', synced.errorCode)
  return { memberId, generationId, places: [...synced.assignment].map((place) => places[place]!) }
}

/** Until the generation is over, or all is calm. */
async function readAs(client: Client, membership: Membership): Promise<void> {
  const { memberId, generationId, places } = membership
  const positions = new Map<Place, number>()
  while (!client.world.isCalm()) {
    const beat = await client.group(GROUP).attempt(Heartbeat, 4, { groupId: GROUP, generationId, memberId })
    if (beat !== null && EXPULSIONS.has(beat.errorCode)) return
    if (beat !== null && beat.errorCode !== ErrorCode.NONE && !passes(beat.errorCode))
      client.protest('a heartbeat', beat.errorCode)
    if (places.length > 0) {
      const place = client.oneOf(places)
      const from = positions.get(place) ?? (await committed(client, place))
      const fetched = await fetchFrom(client, place, from, READ_UNCOMMITTED)
      positions.set(place, fetched?.nextOffset ?? from)
      if (fetched !== null && fetched.nextOffset > from)
        if (!(await commit(client, membership, place, fetched.nextOffset))) return
    }
    if (client.random.int(30) === 0) {
      client.tell(() => 'dies')
      client.disconnect()
      await client.world.clock.wait(client.random.int(2 * SESSION_MS))
      return
    }
    await client.pause(client.oneOf([20, 300]))
  }
}

/** False when the group has gone on without this member. */
async function commit(client: Client, { memberId, generationId }: Membership, place: Place, offset: number) {
  const write = client.world.ledger.register(registerOf(place)).write(String(offset))
  const partitions = [{ partitionIndex: place.partition, committedOffset: offset, committedMetadata: null }]
  const topics = [{ name: place.topic, partitions }]
  const request = { groupId: GROUP, generationIdOrMemberEpoch: generationId, memberId, topics }
  const answer = await client.group(GROUP).attempt(OffsetCommit, 8, request)
  const errorCode = answer?.topics[0]?.partitions[0]?.errorCode
  client.tell(() => `${nameOf(place)} read up to ${offset} -> ${errorCode}`)
  if (errorCode === ErrorCode.NONE) write.done()
  else if (errorCode !== undefined && EXPULSIONS.has(errorCode)) write.refused()
  else if (errorCode !== undefined && !passes(errorCode)) client.protest('a commit', errorCode)
  return errorCode === undefined || !EXPULSIONS.has(errorCode)
}

/** Asks how far the group has come, again and again: what it has committed is never forgotten, whoever looks after it. */
export async function oversee(client: Client, places: readonly Place[], staleMs: number): Promise<void> {
  const { clock, ledger } = client.world
  while (!client.world.isCalm()) {
    const place = client.oneOf(places)
    const askedMs = clock.monotonicMs()
    const offset = await committedOffset(client, GROUP, place)
    const possible = ledger.register(registerOf(place)).possibleSince(askedMs - staleMs)
    hold(
      possible.has(offset < 0 ? null : String(offset)),
      () => `${GROUP} are told to have read ${nameOf(place)} up to ${offset}, and said ${[...possible].join(' or ')}`,
    )
    await client.pause(client.oneOf([1, 20, 200]))
  }
}

async function committed(client: Client, { topic, partition }: Place): Promise<number> {
  return Math.max(0, await committedOffset(client, GROUP, { topic, partition }))
}

/** -1 where there is none. Waits for open transactions to end. */
export async function committedOffset(client: Client, groupId: string, { topic, partition }: Place): Promise<number> {
  const groups = [{ groupId, topics: [{ name: topic, partitionIndexes: [partition] }] }]
  const answer = await client
    .group(groupId)
    .ask(OffsetFetch, 8, { groups, requireStable: true }, ({ groups: [group] }) => [
      group!.errorCode,
      ...group!.topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode)),
    ])
  const group = answer.groups[0]!
  const found = group.topics[0]?.partitions[0]
  const error = group.errorCode || (found?.errorCode ?? ErrorCode.NONE)
  if (error !== ErrorCode.NONE) client.protest(`the offset of ${topic}-${partition}`, error)
  return found?.committedOffset ?? -1
}

/** What the group has committed must be what somebody committed, and nothing that was committed over. */
export async function checkCommitted(client: Client, place: Place): Promise<void> {
  const offset = await committedOffset(client, GROUP, place)
  const { possible } = client.world.ledger.register(registerOf(place))
  hold(
    possible.has(offset < 0 ? null : String(offset)),
    () => `${GROUP} have read ${nameOf(place)} up to ${offset}, and said ${[...possible].join(' or ')}`,
  )
}

function registerOf(place: Place): string {
  return `offset of ${nameOf(place)}`
}
