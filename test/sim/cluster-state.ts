import type { PartitionImage } from '../../src/cluster/image.js'
import type { MetadataImage } from '../../src/cluster/metadata-image.js'
import type { Machine } from './machine.js'
import { isExpendable } from './topics.js'

/** What whoever may change the metadata knows; null while nobody may. */
export function controllerImage(machines: readonly Machine[]): MetadataImage | null {
  let newest: { readonly epoch: number; readonly image: MetadataImage } | null = null
  for (const { node } of machines) {
    const metadata = node?.broker?.metadata
    if (metadata?.isActive === true && metadata.epoch > (newest?.epoch ?? -1))
      newest = { epoch: metadata.epoch, image: metadata.image }
  }
  return newest?.image ?? null
}

/** The newest metadata that any broker knows; null while none does. */
export function newestImage(machines: readonly Machine[]): MetadataImage | null {
  let newest: MetadataImage | null = null
  for (const { node } of machines) {
    const image = node?.broker?.metadata.image ?? null
    if (image !== null && image.offset > (newest?.offset ?? -1)) newest = image
  }
  return newest
}

/** Whether every broker serves, and every replica is in sync. */
export function isWhole(machines: readonly Machine[]): boolean {
  return trouble(machines) === null
}

/** What is not as it should be when nothing is wrong; null where everything is. */
export function trouble(machines: readonly Machine[]): string | null {
  for (const { isUp, isPaused, name } of machines) if (!isUp || isPaused) return `${name} does not serve`
  const image = controllerImage(machines)
  if (image === null) return 'nobody may change the metadata'
  for (const { name, node } of machines)
    if (node!.broker!.metadata.image.offset !== image.offset) return `${name} is behind with the metadata`
  for (const broker of image.brokers.values()) if (broker.fenced) return `broker ${broker.id} is fenced`
  for (const [name, partition] of partitionsOf(image)) {
    const { isr, replicas, leader, addingReplicas, removingReplicas } = partition
    // Who asks for another move during one may come to a replica that is to be added and removed: that stays so, in Kafka too.
    const isForEver = addingReplicas.some((id) => removingReplicas.includes(id))
    if (addingReplicas.length + removingReplicas.length > 0 && !isForEver)
      return `the replicas of ${name} are still being moved`
    if (leader < 0 || isr.length < replicas.length) return `${name} has the leader ${leader}, in sync are ${isr}`
  }
  return null
}

/**
 * Whether every partition has an in-sync replica that serves on a machine that is none of `without`, and that stays however a
 * move under way ends.
 */
export function hasInSync(machines: readonly Machine[], without: ReadonlySet<Machine>): boolean {
  const image = controllerImage(machines)
  if (image === null) return false
  return [...partitionsOf(image)].every(
    ([name, { isr, addingReplicas, removingReplicas }]) =>
      isExpendable(name) ||
      isr.some(
        (id) => !addingReplicas.includes(id) && !removingReplicas.includes(id) && serves(machines[id]!, without),
      ),
  )
}

export function serves(machine: Machine, without: ReadonlySet<Machine>): boolean {
  return machine.isUp && !machine.isPaused && !without.has(machine)
}

/** Whether every replica of a machine is in sync. */
export function isCaughtUp(machines: readonly Machine[], { isUp, nodeId }: Machine): boolean {
  const image = controllerImage(machines)
  if (image === null || !isUp) return false
  return [...partitionsOf(image)].every(([, { replicas, isr }]) => !replicas.includes(nodeId) || isr.includes(nodeId))
}

function* partitionsOf(image: MetadataImage): Iterable<[string, PartitionImage]> {
  for (const { name, partitions } of image.topics())
    for (const [index, partition] of partitions.entries()) yield [`${name}-${index}`, partition]
}
