import { ErrorCode } from '../../src/protocol/errors.js'
import { InitProducerId } from '../../src/protocol/messages/init-producer-id.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import type { ReadResponse } from '../../src/protocol/schema.js'
import { buildBatch } from '../../src/records/builder.js'
import { type Client, passes } from './client.js'
import type { SentRecord } from './ledger.js'
import type { Link } from './link.js'
import type { Place } from './topics.js'
import type { Way } from './way.js'

/** What Kafka's producers allow themselves: as many batches as the broker remembers of each producer. */
const IN_FLIGHT_MAX = 5
const PRODUCE_VERSION = 12

interface Batch {
  readonly records: readonly SentRecord[]
  readonly baseSequence: number
}

interface Lane {
  readonly place: Place
  batches: Batch[]
}

/** Sends everything until it is known to be there; several batches are under way at a time, and none may be there twice. */
export async function produceIdempotently(client: Client, places: readonly Place[], batchCount: number): Promise<void> {
  const { errorCode, producerId, producerEpoch } = await client.ask(
    InitProducerId,
    5,
    { transactionalId: null, transactionTimeoutMs: 60_000 },
    (answer) => [answer.errorCode],
  )
  if (errorCode !== ErrorCode.NONE) client.protest('InitProducerId', errorCode)
  const lanes = places.map((place) => ({ place, batches: batchesFor(client, place, batchCount) }))
  const identity = { producerId, producerEpoch }
  while (lanes.some(({ batches }) => batches.length > 0)) {
    const open = lanes.filter(({ batches }) => batches.length > 0)
    await Promise.all(open.map((lane) => sendLane(client, lane, identity)))
  }
}

function batchesFor(client: Client, { topic, partition }: Place, count: number): Batch[] {
  let number = 0
  return Array.from({ length: count }, () => {
    const baseSequence = number
    const records = Array.from({ length: 1 + client.random.int(3) }, () =>
      client.world.ledger.sends({
        value: `${client.name}/${topic}-${partition}-${number++}`,
        topic,
        partition,
        producer: client.name,
        isIdempotent: true,
        transaction: null,
      }),
    )
    return { records, baseSequence }
  })
}

async function sendLane(
  client: Client,
  lane: Lane,
  identity: { producerId: bigint; producerEpoch: number },
): Promise<void> {
  const { place } = lane
  const way = client.leader(place)
  const link = await way.link()
  while (lane.batches.length > 0 && !link.isClosed) {
    const sent = lane.batches.slice(0, 1 + client.random.int(IN_FLIGHT_MAX))
    client.tell(() => `sends ${sent.map((batch) => nameOf(place, batch)).join(', ')} over ${link.wire.id}`)
    const answers = await Promise.all(
      sent.map(({ records, baseSequence }) => {
        const timestamp = client.world.clock.now()
        const batch = buildBatch({
          ...identity,
          baseSequence,
          records: records.map(({ value }) => ({ timestamp, key: null, value: Buffer.from(value) })),
        })
        return produce(way, link, place, batch, -1, null)
      }),
    )
    let hasFailed = false
    for (const [at, answer] of answers.entries()) {
      const batch = sent[at]!
      if (answer === null) break
      const { errorCode, baseOffset } = answer
      client.tell(() => `${nameOf(place, batch)} -> ${errorCode === 0 ? `at ${baseOffset}` : `error ${errorCode}`}`)
      if (errorCode === ErrorCode.NONE) {
        batch.records.forEach((record, delta) => {
          client.world.ledger.acknowledges(record, baseOffset + delta)
        })
        lane.batches = lane.batches.filter((other) => other !== batch)
      } else if (!hasFailed && !passes(errorCode)) client.protest(`a batch ${nameOf(place, batch)}`, errorCode)
      else hasFailed = true
    }
    if (hasFailed && client.isInCluster) return client.pause(100)
    await client.pause(hasFailed ? 100 : client.oneOf([1, 20, 400]))
  }
}

function nameOf({ topic, partition }: Place, { baseSequence }: Batch): string {
  return `${topic}-${partition} sequence ${baseSequence}`
}

/** One partition's part of the answer to a Produce request about nothing else; null where there was none. */
export async function produce(
  way: Way,
  link: Link,
  { topic, partition }: Place,
  records: Buffer,
  acks: number,
  transactionalId: string | null,
  version = PRODUCE_VERSION,
): Promise<PartitionAnswer | null> {
  const topicData = [{ name: topic, partitionData: [{ index: partition, records }] }]
  const answer = await way.over(link, Produce, version, { transactionalId, acks, timeoutMs: 1500, topicData })
  return answer === null ? null : answer.responses[0]!.partitionResponses[0]!
}

type PartitionAnswer = ReadResponse<typeof Produce>['responses'][number]['partitionResponses'][number]

/** Sends each batch once, with any acks, and does not care. */
export async function produceOnce(client: Client, places: readonly Place[], batchCount: number): Promise<void> {
  for (let number = 0; number < batchCount; number++) {
    const { topic, partition } = client.oneOf(places)
    const acks = client.oneOf([0, 1, -1])
    const value = `${client.name}/${topic}-${partition}-${number}`
    const record = client.world.ledger.sends({
      ...{ value, topic, partition, producer: client.name, isIdempotent: false, transaction: null },
    })
    const timestamp = client.world.clock.now()
    const batch = buildBatch({ records: [{ timestamp, key: null, value: Buffer.from(value) }] })
    const way = client.leader({ topic, partition })
    const link = await way.link()
    const topicData = [{ name: topic, partitionData: [{ index: partition, records: batch }] }]
    if (acks === 0) link.send(Produce, PRODUCE_VERSION, { acks, timeoutMs: 1500, topicData })
    else {
      const answer = await produce(way, link, { topic, partition }, batch, acks, null)
      // What the leader alone has goes with it.
      const isKept = acks === -1 || !client.isInCluster
      if (answer?.errorCode === ErrorCode.NONE && isKept) client.world.ledger.acknowledges(record, answer.baseOffset)
      else if (answer !== null && answer.errorCode !== ErrorCode.NONE && !passes(answer.errorCode))
        client.protest('a batch', answer.errorCode)
    }
    await client.pause(client.oneOf([1, 20, 400]))
  }
}
