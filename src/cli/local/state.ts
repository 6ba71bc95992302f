import { readFileSync, realpathSync, rmSync } from 'node:fs'
import { UserError } from '../../base/user-error.js'
import { replaceFile } from '../../storage/atomic-file.js'
import type { Disk } from '../../storage/disk.js'
import { type Home, makeHome } from './home.js'
import { isProcess } from './process.js'

/** What a running broker wrote down about itself once it served. */
export interface BrokerState {
  readonly version: string
  readonly pid: number
  /** Tells this process from a later one with the same number, where the system can say; else null. */
  readonly processStart: string | null
  readonly host: string
  readonly port: number
  readonly nodeId: number
  readonly clusterId: string
  readonly dataDirectories: readonly string[]
  /** Milliseconds since 1970. */
  readonly startedAtMs: number
  /** Where it listens for klog's own commands; null where it does not, absent where it is too old to. */
  readonly control?: string | null
  /** Whether its clock can be moved ahead. */
  readonly hasVirtualTime?: boolean
  /** What the daemon's program was given besides its home. */
  readonly startArguments?: readonly string[]
  /** Of a cluster, by id; a single broker has none. `host` and `port` are those of the first. */
  readonly brokers?: readonly BrokerAddress[]
  /** Whose broker it is, as `writeState` says; absent where it is too old to. */
  readonly home?: string
}

export interface BrokerAddress {
  readonly id: number
  readonly host: string
  readonly port: number
  /** Null without a vote. */
  readonly controllerPort: number | null
  /** Null while it does not run. */
  readonly pid: number | null
  readonly processStart: string | null
}

/** Every address that clients may come to, divided by commas; of a cluster those of brokers that run. */
export function bootstrapServersOf(state: BrokerState): string {
  const running = state.brokers?.filter(({ pid }) => pid !== null) ?? [state]
  return (running.length > 0 ? running : state.brokers!).map(({ host, port }) => `${host}:${port}`).join(',')
}

/** The state of the broker that runs here now; null where none does, whatever an old file says. */
export function runningBroker(home: Home): BrokerState | null {
  const state = readState(home)
  return state !== null && isOf(home, state) && isProcess(state.pid, state.processStart) ? state : null
}

/** A home that was copied speaks of a broker that is not its own. */
function isOf(home: Home, state: BrokerState): boolean {
  return state.home === undefined || state.home === realpathSync(home.directory)
}

export function readState(home: Home): BrokerState | null {
  let text: string
  try {
    text = readFileSync(home.stateFile, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new UserError(
      `cannot read ${home.stateFile}: ${(error as Error).message}`,
      'Make it readable, or choose another directory with KLOG_HOME.',
    )
  }
  const state = parse(text)
  if (state === null) {
    throw new UserError(
      `${home.stateFile} is not a klog state file`,
      'Remove it if no broker runs there (klog broker reset removes it together with all data).',
    )
  }
  return state
}

/**
 * Replaces the file in one step: a reader sees the old one or the new one, after a power failure too. One that was cut short
 * would stand in the way of the next start.
 */
export function writeState(home: Home, state: BrokerState, disk: Disk): void {
  makeHome(home)
  const written = { ...state, home: realpathSync(home.directory) }
  replaceFile(disk, home.stateFile, Buffer.from(`${JSON.stringify(written, null, 2)}\n`), true)
}

export function clearState(home: Home): void {
  rmSync(home.stateFile, { force: true })
}

/** Takes the file away if it still speaks of `pid`; a broker that started since keeps its own. */
export function clearOwnState(home: Home, pid: number): void {
  if (readState(home)?.pid === pid) clearState(home)
}

/** Null for what no broker of ours has written: who reads it sends signals to the processes that it names. */
function parse(text: string): BrokerState | null {
  try {
    const value = JSON.parse(text) as Partial<BrokerState> | null
    const numbers = [value?.pid, value?.port, value?.nodeId, value?.startedAtMs]
    const sound =
      numbers.every(Number.isSafeInteger) &&
      isProcessId(value?.pid) &&
      typeof value?.host === 'string' &&
      typeof value.version === 'string' &&
      Array.isArray(value.dataDirectories) &&
      (value.brokers === undefined || (Array.isArray(value.brokers) && value.brokers.every(isBrokerAddress)))
    return sound ? (value as BrokerState) : null
  } catch {
    return null
  }
}

function isBrokerAddress(value: Partial<BrokerAddress> | null): boolean {
  return (
    Number.isSafeInteger(value?.id) &&
    Number.isSafeInteger(value?.port) &&
    typeof value?.host === 'string' &&
    (value.pid === null || isProcessId(value.pid))
  )
}

/** 0 and less stand for groups of processes. */
function isProcessId(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0
}
