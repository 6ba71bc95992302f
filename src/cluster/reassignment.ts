import type { PartitionImage } from './image.js'

interface Moving {
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly adding: readonly number[]
  readonly removing: readonly number[]
}

/**
 * The assignment that a move ends with: once all that it adds are in sync, and all that stay where it takes more away than
 * it adds. Null while that is not so.
 */
export function completedReassignment(moving: Moving): { replicas: readonly number[]; isr: readonly number[] } | null {
  const { adding, removing } = moving
  if (adding.length === 0 && removing.length === 0) return null
  const isr = moving.isr.filter((replica) => !removing.includes(replica))
  const replicas = moving.replicas.filter((replica) => !removing.includes(replica))
  const awaited = adding.length >= removing.length ? adding : [...adding, ...replicas]
  return isr.length > 0 && awaited.every((replica) => isr.includes(replica)) ? { replicas, isr } : null
}

/** What a partition has while it moves to `target`: old replicas stay until the new ones have caught up. */
export function startedReassignment(current: readonly number[], target: readonly number[]): Omit<Moving, 'isr'> {
  const removing = current.filter((replica) => !target.includes(replica)).sort((a, b) => a - b)
  const adding = target.filter((replica) => !current.includes(replica)).sort((a, b) => a - b)
  return { replicas: [...target, ...removing], adding, removing }
}

/** What a partition has when its move is taken back; unclean when everyone in sync was to be added. */
export function revertedReassignment(
  partition: PartitionImage,
): { replicas: readonly number[]; isr: readonly number[]; isUnclean: boolean } | null {
  const stays = (replica: number): boolean => !partition.addingReplicas.includes(replica)
  const replicas = partition.replicas.filter(stays)
  if (replicas.length === 0) return null
  const isr = partition.isr.filter(stays)
  return isr.length > 0 ? { replicas, isr, isUnclean: false } : { replicas, isr: [replicas[0]!], isUnclean: true }
}

export function isMoving({ addingReplicas, removingReplicas }: PartitionImage): boolean {
  return addingReplicas.length > 0 || removingReplicas.length > 0
}
