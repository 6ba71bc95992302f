import { ErrorCode } from '../../src/protocol/errors.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { ListOffsets } from '../../src/protocol/messages/list-offsets.js'
import { batchesIn } from '../../src/records/batch.js'
import { controlRecordOf } from '../../src/records/control.js'
import { type Client, passes } from './client.js'
import { hold, nameOf, type StoredRecord } from './ledger.js'
import type { Host } from './network.js'
import type { Place } from './topics.js'

export const READ_UNCOMMITTED = 0
export const READ_COMMITTED = 1
export type Isolation = typeof READ_UNCOMMITTED | typeof READ_COMMITTED

export const EARLIEST = -2
export const LATEST = -1
/** After so long a replica that is in sync has heard what is committed. */
const HEARD_MS_MAX = 10_000
/** Everybody has ended what they began: nothing has to be given up for its age. */
const DECIDED_MS_MAX = 30_000

export interface Fetched {
  readonly records: readonly StoredRecord[]
  readonly nextOffset: number
  /** From whom it is to be read on, as the leader says; null where nobody is better (KIP-392). */
  readonly replica: number | null
}

/** How something is read. */
export interface Reading {
  readonly maxWaitMs?: number
  /** Where the reader is. */
  readonly rackId?: string
  /** From whom; the leader if left out. */
  readonly replica?: Host | null
}

/** Reads on from `offset`; null where that could not be answered now. Holds brokers to what they have shown before. */
export async function fetchFrom(
  client: Client,
  place: Place,
  offset: number,
  isolationLevel: Isolation,
  { maxWaitMs = 0, rackId = '', replica = null }: Reading = {},
): Promise<Fetched | null> {
  const { topic, partition } = place
  const { ledger } = client.world
  const partitionMaxBytes = client.oneOf([1, 300, 100_000])
  const way = client.leader(place)
  const link = await (replica === null ? way.link() : client.reach(replica))
  if (link === null) return null
  const { label } = link.wire.host
  const highWatermark = ledger.asks('high watermark', place, label)
  const lastStableOffset = ledger.asks('last stable offset', place, label)
  const logStart = ledger.asks('log start', place, label)
  const currentLeaderEpoch = way.leaderEpoch
  const answer = await way.over(link, Fetch, 12, {
    maxWaitMs,
    minBytes: 1,
    isolationLevel,
    topics: [{ topic, partitions: [{ partition, currentLeaderEpoch, fetchOffset: offset, partitionMaxBytes }] }],
    forgottenTopicsData: [],
    rackId,
  })
  if (answer === null) return null
  const found = answer.responses[0]!.partitions[0]!
  if (passes(found.errorCode)) return null
  if (found.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE && replica !== null) return null
  if (found.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) return outOfRange(client, place, offset, isolationLevel)
  if (found.errorCode !== ErrorCode.NONE) client.protest(`reading ${nameOf(place)} from ${offset}`, found.errorCode)
  highWatermark(found.highWatermark)
  lastStableOffset(found.lastStableOffset)
  logStart(found.logStartOffset)
  hold(found.lastStableOffset <= found.highWatermark, () => `${nameOf(place)} is stable beyond its high watermark`)
  const aborted = isolationLevel === READ_COMMITTED ? (found.abortedTransactions ?? []) : []
  const end = isolationLevel === READ_COMMITTED ? found.lastStableOffset : found.highWatermark
  const fetched = readBatches(place, offset, found.records, [...aborted])
  hold(
    fetched.nextOffset <= Math.max(end, offset),
    () => `${nameOf(place)} served ${fetched.nextOffset}, beyond ${end}`,
  )
  for (const record of fetched.records) ledger.reads(place, record)
  if (isolationLevel === READ_COMMITTED) for (const record of fetched.records) ledger.readsCommitted(place, record)
  return { ...fetched, replica: found.preferredReadReplica < 0 ? null : found.preferredReadReplica }
}

/** Records may have been deleted meanwhile; and the next leader may not have heard of that, and begin where the last one did. */
async function outOfRange(
  client: Client,
  place: Place,
  offset: number,
  isolationLevel: Isolation,
): Promise<Fetched | null> {
  const start = await offsetOf(client, place, EARLIEST, isolationLevel)
  if (offset < start) return { records: [], nextOffset: start, replica: null }
  const end = client.isInCluster ? await offsetOf(client, place, LATEST, READ_UNCOMMITTED) : -1
  if (client.world.ledger.mayLose(nameOf(place))) return { records: [], nextOffset: start, replica: null }
  hold(offset <= end, () => `${nameOf(place)} reaches from ${start} to ${end}, and was read up to ${offset}`)
  return null
}

/** As consumers do it: batches of producers that are in an aborted transaction are left out up to its marker. */
function readBatches(
  place: Place,
  offset: number,
  bytes: Buffer | null,
  aborted: { producerId: bigint; firstOffset: number }[],
): Omit<Fetched, 'replica'> {
  const records: StoredRecord[] = []
  const inAborted = new Set<bigint>()
  let nextOffset = offset
  let expected: number | null = null
  for (const batch of batchesIn(bytes ?? Buffer.alloc(0))) {
    hold(batch.isCrcValid(), () => `${nameOf(place)} served a batch at ${batch.baseOffset} that is damaged`)
    hold(
      expected === null || batch.baseOffset === expected,
      () => `${nameOf(place)} has a gap before ${batch.baseOffset}`,
    )
    expected = batch.nextOffset
    for (const { producerId, firstOffset } of aborted) if (firstOffset <= batch.lastOffset) inAborted.add(producerId)
    aborted = aborted.filter(({ firstOffset }) => firstOffset > batch.lastOffset)
    nextOffset = Math.max(nextOffset, batch.nextOffset)
    if (batch.isControl) {
      if (controlRecordOf(batch)?.type === 'ABORT') inAborted.delete(batch.producerId)
      continue
    }
    if (batch.isTransactional && inAborted.has(batch.producerId)) continue
    let at = batch.baseOffset
    for (const { offset: own, value } of batch.records()) {
      hold(own === at++, () => `${nameOf(place)} has a record at ${own} instead of ${at - 1}`)
      if (own >= offset) records.push({ offset: own, value: value!.toString() })
    }
  }
  return { records, nextOffset }
}

/** Follows partitions until the world comes to rest; from a rack, it reads from whichever replica the leader names. */
export async function observe(
  client: Client,
  places: readonly Place[],
  isolation: Isolation,
  rackId = '',
): Promise<void> {
  const positions = places.map((place) => ({ place, offset: 0, replica: null as Host | null }))
  while (!client.world.isCalm()) {
    const position = client.oneOf(positions)
    const { replica } = position
    const reading = { maxWaitMs: client.oneOf([0, 100, 500]), rackId, replica }
    const fetched = await fetchFrom(client, position.place, position.offset, isolation, reading)
    // Sometimes back to where it was before: the same must be there.
    if (fetched !== null) position.offset = client.random.int(20) === 0 ? 0 : fetched.nextOffset
    if (fetched === null || (replica !== null && client.random.int(10) === 0)) position.replica = null
    else if (fetched.replica !== null) position.replica = client.world.hosts[fetched.replica]!
    await client.pause(client.oneOf([1, 50, 300]))
  }
}

/** Everything that is in a partition, from its start to what is its end now; from its leader if nobody else is named. */
export async function readAll(
  client: Client,
  place: Place,
  isolation: Isolation,
  replica: Host | null = null,
): Promise<StoredRecord[]> {
  const start = await offsetOf(client, place, EARLIEST, isolation)
  const end = await offsetOf(client, place, LATEST, isolation)
  const records: StoredRecord[] = []
  const untilMs = client.world.clock.monotonicMs() + HEARD_MS_MAX
  for (let offset = start; offset < end; ) {
    const fetched = await fetchFrom(client, place, offset, isolation, { replica })
    const isBehind = replica !== null && fetched?.nextOffset === offset && client.world.clock.monotonicMs() < untilMs
    if (isBehind) await client.pause(100)
    if (fetched === null || isBehind) continue
    hold(fetched.nextOffset > offset, () => `${nameOf(place)} ends at ${end}, but nothing is there at ${offset}`)
    records.push(...fetched.records)
    offset = fetched.nextOffset
  }
  return records
}

/** Returns when no transaction is open: after a restart the last markers may be still to come, but come they must. */
export async function allDecided(client: Client, place: Place): Promise<void> {
  const { clock } = client.world
  const untilMs = clock.monotonicMs() + DECIDED_MS_MAX
  for (;;) {
    const stable = await offsetOf(client, place, LATEST, READ_COMMITTED)
    const end = await offsetOf(client, place, LATEST, READ_UNCOMMITTED)
    if (stable === end) return
    hold(
      clock.monotonicMs() < untilMs,
      () => `a transaction hangs in ${nameOf(place)} at ${stable}, which ends at ${end}`,
    )
    await client.pause(500)
  }
}

export async function offsetOf(
  client: Client,
  { topic, partition }: Place,
  timestamp: number,
  isolationLevel: Isolation,
): Promise<number> {
  const topics = [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }]
  const answer = await client
    .leader({ topic, partition })
    .ask(ListOffsets, 6, { replicaId: -1, isolationLevel, topics }, (each) => [
      each.topics[0]!.partitions[0]!.errorCode,
    ])
  const { errorCode, offset } = answer.topics[0]!.partitions[0]!
  if (errorCode !== ErrorCode.NONE) client.protest(`the offsets of ${topic}-${partition}`, errorCode)
  return offset
}
