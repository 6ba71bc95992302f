import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Random } from '../base/random.js'
import type { Disk } from './disk.js'
import { type BufferSource, freshBuffers } from './memory.js'
import { OpenFiles } from './open-files.js'
import { TailCache } from './tail-cache.js'

/** What the logs of one broker share. */
export interface StorageEnvironment {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly files: OpenFiles
  readonly buffers: BufferSource
  readonly tails: TailCache
  /** Runs `act` once everything that has arrived by now has been handled: then what was appended is written at once. */
  readonly atTickEnd: (act: () => void) => void
}

/** The four that enter from outside, and whatever else is not to be this log's own. */
export type EnvironmentInput = Pick<StorageEnvironment, 'disk' | 'clock' | 'random' | 'log'> &
  Partial<StorageEnvironment>

export type EnvironmentSource = EnvironmentInput | { readonly environment: StorageEnvironment }

export function storageEnvironment(input: EnvironmentSource): StorageEnvironment {
  if ('environment' in input) return input.environment
  const { disk, clock, random, log } = input
  const buffers = input.buffers ?? freshBuffers
  return {
    disk,
    clock,
    random,
    log,
    buffers,
    files: input.files ?? new OpenFiles(disk, undefined, log),
    tails: input.tails ?? new TailCache(buffers),
    atTickEnd: input.atTickEnd ?? queueMicrotask,
  }
}
