import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../base/user-error.js'
import type { Seat } from '../../local/seat.js'
import { replaceFile } from '../../storage/atomic-file.js'
import { systemDisk } from '../../storage/disk.js'
import type { Home } from './home.js'

const VERSION = 1

/** The brokers that the data of `home` was made with; null where it is that of a single broker, or there is none yet. */
export function readSeats(home: Home): Seat[] | null {
  const file = clusterFile(home)
  if (!existsSync(file)) return null
  const seats = parse(readFileSync(file, 'utf8'))
  if (seats !== null) return seats
  throw new UserError(`${file} does not tell which brokers there are`, 'Begin anew: klog broker reset')
}

/** Replaces the file in one step, for good: without it nobody knows whose the data is. */
export function writeSeats(home: Home, seats: readonly Seat[]): void {
  mkdirSync(home.dataDirectory, { recursive: true })
  const text = `${JSON.stringify({ version: VERSION, brokers: seats }, null, 2)}\n`
  replaceFile(systemDisk, clusterFile(home), Buffer.from(text), true)
}

export function forgetSeats(home: Home): void {
  rmSync(clusterFile(home), { force: true })
}

/** A broker has its own directory, as if it had its own machine. */
export function seatDirectory(home: Home, { id }: Seat): string {
  return join(home.dataDirectory, `broker-${id}`)
}

function clusterFile(home: Home): string {
  return join(home.dataDirectory, 'cluster.json')
}

function parse(text: string): Seat[] | null {
  try {
    const { version, brokers } = JSON.parse(text) as { version?: unknown; brokers?: unknown }
    return version === VERSION && Array.isArray(brokers) && brokers.length > 0 && brokers.every(isSeat) ? brokers : null
  } catch {
    return null
  }
}

function isSeat(value: Partial<Seat> | null): value is Seat {
  const { id, port, controllerPort } = value ?? {}
  return [id, port].every(Number.isSafeInteger) && (controllerPort === null || Number.isSafeInteger(controllerPort))
}
