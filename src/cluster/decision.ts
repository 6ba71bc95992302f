import type { Random } from '../base/random.js'
import { type ErrorCode, errorMessage } from '../protocol/errors.js'
import type { MetadataImage } from './metadata-image.js'
import type { MetadataRecord } from './records.js'

/** What the controller answers once `records` are committed, all or none of them. */
export interface Decision<Response> {
  readonly records: readonly MetadataRecord[]
  readonly response: Response
}

/** An answer for one item of a request. */
export interface Refusal {
  readonly errorCode: ErrorCode
  readonly errorMessage: string | null
}

/** `message` is the error's own where none is given; null is no text at all, as Kafka answers here and there. */
export function refusal(errorCode: ErrorCode, message: string | null = errorMessage(errorCode)): Refusal {
  return { errorCode, errorMessage: message }
}

/** The settings that decisions go by. */
export interface ControllerSettings {
  readonly random: Random
  readonly numPartitions: number
  readonly defaultReplicationFactor: number
  readonly isTopicDeletionEnabled: boolean
  /** What the broker's settings make of every topic config. */
  readonly topicDefaults: ReadonlyMap<string, string>
  /** A broker config that is a number. */
  brokerNumber(name: string): number
  minInsyncReplicas(image: MetadataImage, topic: string): number
  isUncleanElectionEnabled(image: MetadataImage, topic: string): boolean
}

/** Counts partitions that are about to be created or deleted against whoever asks; a refusal is the answer. */
export type Charge = (partitions: number) => Refusal | null

/** Records that one request may lead to, as in Kafka. */
export const RECORDS_PER_REQUEST_MAX = 10_000
