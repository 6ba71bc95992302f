import type { ClusterClient } from '../../client/cluster-client.js'
import { KafkaError } from '../../client/kafka-error.js'
import { moveReplicas } from '../../client/reassignments.js'
import { partitionName } from '../../client/topic-partition.js'
import { ErrorCode } from '../../protocol/errors.js'
import { note, type ToolIo } from '../tool.js'
import { type ReplicaPlace, replicaName } from './cluster-state.js'
import { failed, TerseFailure } from './failure.js'
import type { ReplicaHome } from './plan-file.js'

const PAUSE_MS = 100

/** How the move of a replica to another directory stands. */
export interface DirectoryMoveState {
  readonly text: string
  readonly isDone: boolean
  /** Where it still is, while it is being moved. */
  readonly movingFrom: string | null
}

export function directoryMoveState(home: ReplicaHome, place: ReplicaPlace | undefined): DirectoryMoveState {
  const { topic, partition, broker, directory } = home
  const name = `Partition ${topic}-${partition}`
  const { current, future } = place ?? { current: null, future: null }
  if (current === null) {
    const why = 'There is likely an offline log directory on the broker.'
    return open(`${name} is not found in any live log dir on broker ${broker}. ${why}`, null)
  }
  if (future === directory)
    return open(`Reassignment of replica ${replicaName(home, broker)} is still in progress.`, current)
  if (future !== null) {
    return open(`${name} on broker ${broker} is being moved to log dir ${future} instead of ${directory}.`, current)
  }
  const text =
    current === directory
      ? `Reassignment of replica ${replicaName(home, broker)} completed successfully.`
      : `${name} on broker ${broker} is not being moved from log dir ${current} to ${directory}.`
  return { text, isDone: true, movingFrom: null }
}

function open(text: string, movingFrom: string | null): DirectoryMoveState {
  return { text, isDone: false, movingFrom }
}

/** By broker, then topic, then partition. */
export function compareReplicas(a: ReplicaHome, b: ReplicaHome): number {
  if (a.broker !== b.broker) return a.broker - b.broker
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1
  return a.partition - b.partition
}

/** Has replicas moved, again and again until all have begun. @throws TerseFailure when they do not in time. */
export async function startDirectoryMoves(
  client: ClusterClient,
  homes: readonly ReplicaHome[],
  timeoutMs: number,
  io: ToolIo,
): Promise<void> {
  const endsAtMs = io.clock.now() + timeoutMs
  let waiting = [...homes]
  for (;;) {
    const started = await tryToStart(client, waiting, io)
    for (const home of [...started].sort(compareReplicas)) {
      const { topic, partition, broker, directory } = home
      io.stdout.line(
        `Successfully started moving log directory to ${directory} for replica ${topic}-${partition} with broker ${broker} `,
      )
    }
    waiting = waiting.filter((home) => !started.has(home))
    if (waiting.length === 0) return
    if (io.clock.now() >= endsAtMs) {
      const names = [...waiting].sort(compareReplicas).map((home) => replicaName(home, home.broker))
      const plural = names.length === 1 ? '' : 's'
      throw new TerseFailure(`Timed out before log directory move${plural} could be started for: ${names.join(',')}`)
    }
    await new Promise<void>((resolve) => io.clock.after(PAUSE_MS, resolve))
  }
}

/** A broker that has no such replica yet gets one in the right directory, and is asked again. */
async function tryToStart(client: ClusterClient, homes: readonly ReplicaHome[], io: ToolIo): Promise<Set<ReplicaHome>> {
  const started = new Set<ReplicaHome>()
  for (const broker of new Set(homes.map((home) => home.broker))) {
    const mine = homes.filter((home) => home.broker === broker)
    const answers = await moveReplicas(client, broker, mine)
    for (const home of mine) {
      const error = answers.get(partitionName(home))
      if (error === null) started.add(home)
      else if (error instanceof KafkaError && error.code !== ErrorCode.REPLICA_NOT_AVAILABLE) {
        note(io, error.message)
        throw failed(`Failed to alter dir for ${replicaName(home, broker)}`)
      }
    }
  }
  return started
}
