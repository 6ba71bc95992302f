import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../base/user-error.js'
import type { Seat } from '../../local/seat.js'
import { systemDisk } from '../../storage/disk.js'
import { META_PROPERTIES_FILE, readMetaProperties } from '../../storage/meta-properties.js'
import { readSeats, seatDirectory, writeSeats } from './cluster-file.js'
import type { Home } from './home.js'

/** The first port from one on that is free and not among others; null where there is none. */
export type FindPort = (first: number, taken: ReadonlySet<number>) => Promise<number | null>

/** Far from where clients come, and below what systems give away by themselves, where the first broker has Kafka's port. */
const CONTROLLERS_FROM = 10_000
const PORT_MAX = 65_535

/**
 * The seats of the cluster that is to start in `home`; null for a single broker.
 * @param asked how many brokers were asked for; null for as many as there are
 * @throws UserError where the data was made with another number
 */
export async function seatsToStart(
  home: Home,
  asked: number | null,
  firstPort: number,
  findPort: FindPort,
): Promise<Seat[] | null> {
  const known = readSeats(home)
  const isSingle = existsSync(join(home.dataDirectory, META_PROPERTIES_FILE))
  if (known !== null && asked !== null && asked !== known.length) throw otherNumber(home, known.length)
  if (known === null && isSingle && asked !== null && asked !== 1) throw otherNumber(home, 1)
  if (known === null && (asked === null || asked === 1)) return null
  const before = known ?? Array.from({ length: asked! }, (_, id) => ({ id, port: firstPort + id, controllerPort: 0 }))
  const shift = firstPort - before[0]!.port
  const ports = before.map(({ port }) => port + shift)
  const last = Math.max(...ports)
  if (last > PORT_MAX) throw new UserError(`There is no port ${last}`, 'Begin lower: klog broker start --port N')
  const seats: Seat[] = []
  const taken = new Set(ports)
  for (const [at, { id, controllerPort }] of before.entries()) {
    const chosen = controllerPort === null ? null : await controllerPortFor(controllerPort, firstPort, taken, findPort)
    if (chosen !== null) taken.add(chosen)
    seats.push({ id, port: ports[at]!, controllerPort: chosen })
  }
  writeSeats(home, seats)
  return seats
}

/** One more, which has no vote. */
export async function oneMoreSeat(home: Home, seats: readonly Seat[], findPort: FindPort): Promise<Seat> {
  const id = Math.max(...seats.map((seat) => seat.id)) + 1
  const last = Math.max(...seats.map((seat) => seat.port))
  const controllers = seats.flatMap(({ controllerPort }) => controllerPort ?? [])
  const port = await findPort(last + 1, new Set(controllers))
  if (port === null) throw new UserError('There is no free port for another broker')
  const seat: Seat = { id, port, controllerPort: null }
  writeSeats(home, [...seats, seat])
  return seat
}

/** The id that the directories of these seats were formatted with; null where none is. @throws UserError where they differ */
export function clusterIdOf(home: Home, seats: readonly Seat[]): string | null {
  let first: { id: string; directory: string } | null = null
  for (const seat of seats) {
    const directory = seatDirectory(home, seat)
    const id = readMetaProperties(systemDisk, directory)?.clusterId ?? null
    if (id === null) continue
    first ??= { id, directory }
    if (id !== first.id) {
      throw new UserError(
        `The directories belong to two clusters: ${first.directory} to ${first.id}, ${directory} to ${id}`,
        'Put back the directory that belongs here, or remove the wrong one: its broker copies everything from the others.',
      )
    }
  }
  return first?.id ?? null
}

/** Where it was before, if that is still free: 0 stands for nowhere. */
async function controllerPortFor(
  before: number,
  firstPort: number,
  taken: ReadonlySet<number>,
  findPort: FindPort,
): Promise<number> {
  if (before > 0 && (await findPort(before, taken)) === before) return before
  const from = firstPort + CONTROLLERS_FROM
  const port = (from <= PORT_MAX ? await findPort(from, taken) : null) ?? (await findPort(CONTROLLERS_FROM, taken))
  if (port === null) throw new UserError('There is no free port for a listener of the controller')
  return port
}

function otherNumber(home: Home, count: number): UserError {
  const brokers = count === 1 ? 'a single broker' : `${count} brokers`
  const more = count === 1 ? '' : ', one more: klog broker add'
  return new UserError(
    `The data in ${home.dataDirectory} is that of ${brokers}`,
    `As it is: klog broker start${more}, another number without the data: klog broker reset, or beside it: another KLOG_HOME.`,
  )
}
