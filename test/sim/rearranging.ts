import { ErrorCode } from '../../src/protocol/errors.js'
import { AlterPartitionReassignments } from '../../src/protocol/messages/alter-partition-reassignments.js'
import { ElectLeaders } from '../../src/protocol/messages/elect-leaders.js'
import { type Client, passes } from './client.js'
import { nameOf } from './ledger.js'
import type { Losses } from './losses.js'
import { LONE, type Place } from './topics.js'

const PREFERRED = 0
/** Answers that depend on what others have done meanwhile. */
const EXPECTED: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.NONE,
  ErrorCode.ELECTION_NOT_NEEDED,
  ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE,
  ErrorCode.NO_REASSIGNMENT_IN_PROGRESS,
  ErrorCode.INVALID_REPLICA_ASSIGNMENT,
])

/** Moves replicas to other brokers, takes that back, and has leaders elected. */
export async function rearrange(
  client: Client,
  places: readonly Place[],
  count: number,
  losses: Losses,
): Promise<void> {
  for (let done = 0; done < count; done++) {
    await client.pause(1500)
    const place = client.oneOf(places)
    const kind = client.random.int(5)
    if (kind === 0) await electPreferred(client, place)
    else await move(client, place, kind === 1 ? null : replicasOf(client, place), losses)
  }
}

async function electPreferred(client: Client, { topic, partition }: Place): Promise<void> {
  const topicPartitions = [{ topic, partitions: [partition] }]
  const answer = await client.attempt(ElectLeaders, 2, { electionType: PREFERRED, topicPartitions, timeoutMs: 1000 })
  const result = answer?.replicaElectionResults[0]?.partitionResult[0]
  took(client, `an election for ${topic}-${partition}`, answer === null ? null : (result ?? answer).errorCode)
}

/** Null takes a move back that is under way. */
async function move(client: Client, place: Place, replicas: number[] | null, losses: Losses): Promise<void> {
  if (!losses.admitsMove(place, replicas))
    return client.tell(() => `no move of ${nameOf(place)} to ${replicas}: others may have forgotten`)
  const partitions = [{ partitionIndex: place.partition, replicas }]
  const request = { timeoutMs: 1000, topics: [{ name: place.topic, partitions }] }
  const answer = await losses.move(() => client.attempt(AlterPartitionReassignments, 0, request))
  const result = answer?.responses[0]?.partitions[0]
  took(client, `${nameOf(place)} to ${replicas}`, answer === null ? null : (result ?? answer).errorCode)
}

function replicasOf(client: Client, { topic }: Place): number[] {
  const left = client.world.hosts.map((_, id) => id)
  const count = client.oneOf(topic === LONE ? [1, 1, 2] : [2, 3, 3, 3])
  return Array.from({ length: count }, () => left.splice(client.random.int(left.length), 1)[0]!)
}

function took(client: Client, what: string, errorCode: ErrorCode | null): void {
  client.tell(() => `${what} -> ${errorCode}`)
  if (errorCode !== null && !EXPECTED.has(errorCode) && !passes(errorCode)) client.protest(what, errorCode)
}
