import { join } from 'node:path'
import { systemClock } from './base/clock.js'
import type { Log } from './base/log.js'
import { systemRandom } from './base/random.js'
import { taggedLog } from './base/tagged-log.js'
import { UserError } from './base/user-error.js'
import type { VirtualClock } from './base/virtual-clock.js'
import { BrokerMemory } from './broker/broker-memory.js'
import { randomUuid } from './bytes/uuid.js'
import { descriptorShares } from './descriptors.js'
import { runInProcess } from './in-process-run.js'
import { LocalCluster } from './local/local-cluster.js'
import { noticesHangUps, type Seat, seatSettings } from './local/seat.js'
import { anyFreePort } from './net/free-port.js'
import { systemDisk } from './storage/disk.js'
import { readMetaProperties } from './storage/meta-properties.js'

export interface ClusterInProcess {
  readonly count: number
  readonly directory: string
  /** Above those that a cluster on one machine has by habit. */
  readonly settings: readonly (readonly [string, string])[]
  readonly log: Log
  /** What all of them live by, where their time is to be moved; null for the system's. */
  readonly sharedTime?: VirtualClock | null
  /** Where a broker keeps its data; `broker-N` of `directory` if left out. */
  readonly directoryOf?: (id: number) => string
}

const HOST = '127.0.0.1'

/** Starts a cluster in this process on ports that are free. @throws UserError where that cannot be */
export async function clusterInProcess(options: ClusterInProcess): Promise<LocalCluster> {
  const { count, directory, settings, log, sharedTime = null } = options
  if (!Number.isSafeInteger(count) || count < 1) throw new UserError(`a cluster cannot have ${count} brokers`)
  const seats = await freeSeats(count)
  const directoryOf = ({ id }: Seat): string => options.directoryOf?.(id) ?? join(directory, `broker-${id}`)
  const clusterId = readMetaProperties(systemDisk, directoryOf(seats[0]!))?.clusterId ?? randomUuid(systemRandom)
  const memory = new BrokerMemory(descriptorShares(count))
  return LocalCluster.open({
    ...{ host: HOST, seats, clock: systemClock, log, directoryOf },
    makeSeat: () => {
      throw new UserError('a cluster in a test keeps the number of its brokers')
    },
    run: (seat, faults) => {
      const { habits, place } = seatSettings(seat, seats, HOST, directoryOf(seat))
      return runInProcess({
        ...{ clusterId, clock: systemClock, random: systemRandom, faults, sharedTime, memory },
        settings: new Map([...habits, ...settings, ...place]),
        noticesHangUps: noticesHangUps(settings),
        log: taggedLog(log, `[broker ${seat.id}]`),
      })
    },
  })
}

async function freeSeats(count: number): Promise<Seat[]> {
  const ports = await freePorts(2 * count)
  return Array.from({ length: count }, (_, id) => ({ id, port: ports[2 * id]!, controllerPort: ports[2 * id + 1]! }))
}

async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  while (ports.size < count) ports.add(await anyFreePort())
  return [...ports]
}
