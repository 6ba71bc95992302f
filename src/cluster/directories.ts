import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import type { PartitionImage } from './image.js'
import type { MetadataImage } from './metadata-image.js'

/** In place of a directory: the broker has not said yet in which of its directories the replica lies. */
export const UNASSIGNED_DIRECTORY: Uuid = 'AAAAAAAAAAAAAAAAAAAAAQ'
/** The broker holds the replica in a directory that is lost. */
export const LOST_DIRECTORY: Uuid = 'AAAAAAAAAAAAAAAAAAAAAg'
/** Of replicas that were placed before directories had ids. */
export const MIGRATING_DIRECTORY: Uuid = ZERO_UUID

/** Whether it is the id of a directory, and does not stand for the lack of one. */
export function isDirectory(id: Uuid): boolean {
  return id !== UNASSIGNED_DIRECTORY && id !== LOST_DIRECTORY && id !== MIGRATING_DIRECTORY
}

/** Whether the broker's replica lies in one of these directories. */
export function liesIn({ replicas, directories }: PartitionImage, broker: number, among: readonly Uuid[]): boolean {
  return among.includes(directories[replicas.indexOf(broker)] ?? MIGRATING_DIRECTORY)
}

/** Whether the broker can get at its replica: not when the directory has failed. */
export function isReachable(image: MetadataImage, partition: PartitionImage, broker: number): boolean {
  const directory = partition.directories[partition.replicas.indexOf(broker)] ?? MIGRATING_DIRECTORY
  if (directory === LOST_DIRECTORY) return false
  if (!isDirectory(directory)) return true
  const online = image.brokers.get(broker)?.logDirs ?? []
  return online.length === 0 || online.includes(directory)
}

/** Where a broker puts a new replica, as far as the controller can tell. */
export function defaultDirectory(image: MetadataImage, broker: number): Uuid {
  const directories = image.brokers.get(broker)?.logDirs ?? []
  if (directories.length === 0) return MIGRATING_DIRECTORY
  return directories.length === 1 ? directories[0]! : UNASSIGNED_DIRECTORY
}
