import type { Uuid } from '../bytes/uuid.js'
import type { EnvironmentSource } from './environment.js'
import type { LogConfig } from './log-config.js'
import type { RestingLog } from './resting-logs.js'

/** Which log it is, where it lies, and what is known of it. */
export interface LogLocation {
  readonly directory: string
  readonly topic: string
  readonly partition: number
  readonly topicId?: Uuid
  readonly config: LogConfig
  /** The first four as checkpointed; 0 where that is not known. */
  readonly logStartOffset?: number
  readonly recoveryPoint?: number
  readonly highWatermark?: number
  readonly cleanedOffset?: number
  readonly wasCleanShutdown: boolean
  /** What the last run has left of it, where that is known: its files are looked at when they are first used then. */
  readonly resting?: RestingLog | null
  /** `producer.id.expiration.ms`. */
  readonly producerIdleMs?: number
  /**
   * Called to write the log start down, now if that `isWaited` for: a run that believed the old one would look for what is
   * gone. Returns false where that has failed.
   */
  readonly onLogStart?: (isWaited: boolean) => boolean
}

export type OpenLogInput = LogLocation & EnvironmentSource
