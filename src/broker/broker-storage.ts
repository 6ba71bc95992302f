import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Random } from '../base/random.js'
import type { Disk } from '../storage/disk.js'
import { type StorageEnvironment, storageEnvironment } from '../storage/environment.js'
import { OpenFiles } from '../storage/open-files.js'
import type { BrokerMemory } from './broker-memory.js'

/**
 * What the logs of one broker share. They write when every connection that had something to say in this turn of the event
 * loop has been heard: then the requests of all of them go out in one write per log.
 */
export function brokerStorage({
  memory: { buffers, tails, filesMax },
  ...o
}: {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly memory: BrokerMemory
}): StorageEnvironment {
  const files = new OpenFiles(o.disk, filesMax, o.log)
  return storageEnvironment({ ...o, files, buffers, tails, atTickEnd: (act) => void setImmediate(act) })
}
