import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import type { MetadataImage } from './metadata-image.js'

/** In place of a directory: the broker has not said yet in which of its directories the replica lies. */
export const UNASSIGNED_DIRECTORY: Uuid = 'AAAAAAAAAAAAAAAAAAAAAQ'
/** The broker holds the replica in a directory that is lost. */
export const LOST_DIRECTORY: Uuid = 'AAAAAAAAAAAAAAAAAAAAAg'
/** Of replicas that were placed before directories had ids. */
export const MIGRATING_DIRECTORY: Uuid = ZERO_UUID

/** Where a broker puts a new replica, as far as the controller can tell. */
export function defaultDirectory(image: MetadataImage, broker: number): Uuid {
  const directories = image.brokers.get(broker)?.logDirs ?? []
  if (directories.length === 0) return MIGRATING_DIRECTORY
  return directories.length === 1 ? directories[0]! : UNASSIGNED_DIRECTORY
}
