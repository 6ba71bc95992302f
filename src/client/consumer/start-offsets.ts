import { assert } from '../../base/assert.js'
import type { Clock } from '../../base/clock.js'
import type { ClusterClient } from '../cluster-client.js'
import { ClientError } from '../kafka-error.js'
import { EARLIEST, LATEST, type LogOffset, listOffsets, type OffsetQuestion } from '../log-offsets.js'
import { partitionName } from '../topic-partition.js'
import type { ConsumerConfig } from './config.js'
import type { PartitionState } from './partition-state.js'

/**
 * Asks the leaders where the partitions that have no position start. Those they cannot say it of now keep having none.
 * @throws ClientError when `auto.offset.reset` is none; KafkaError when asking again is no use.
 */
export async function findStartOffsets(
  client: ClusterClient,
  states: readonly PartitionState[],
  config: ConsumerConfig,
): Promise<void> {
  const lost = states.filter(({ start }) => start === 'reset')
  if (config.offsetReset === 'none' && lost.length > 0) throw noOffset(lost)
  const questions = states.map((state) => questionOf(state, config, client.clock))
  const answers = await listOffsets(client, questions, config.client.requestTimeoutMs, config.isReadCommitted)
  startAt(states, answers)
  const late = states.filter((state) => answers.get(partitionName(state))?.offset === null)
  if (late.length === 0) return
  // Nothing is as young as the time that was asked for: what comes next is.
  const ends = late.map(({ topic, partition }) => ({ topic, partition, timestamp: LATEST }))
  startAt(late, await listOffsets(client, ends, config.client.requestTimeoutMs, config.isReadCommitted))
}

function startAt(states: readonly PartitionState[], answers: ReadonlyMap<string, LogOffset>): void {
  for (const state of states) {
    const answer = answers.get(partitionName(state))
    if (answer !== undefined && answer.offset !== null) state.startAt(answer.offset, answer.leaderEpoch)
  }
}

function questionOf({ topic, partition, start }: PartitionState, config: ConsumerConfig, clock: Clock): OffsetQuestion {
  const wanted = start === 'reset' ? config.offsetReset : start
  if (wanted === 'earliest') return { topic, partition, timestamp: EARLIEST }
  if (wanted === 'latest') return { topic, partition, timestamp: LATEST }
  assert(typeof wanted === 'object', 'an offset needs no asking')
  return { topic, partition, timestamp: clock.now() - wanted.agoMs }
}

function noOffset(states: readonly PartitionState[]): ClientError {
  return new ClientError(
    `Undefined offset with no reset policy for partitions: [${states.map(partitionName).join(', ')}]`,
  )
}
