import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '../../base/user-error.js'
import { type Home, makeHome } from './home.js'
import type { BrokerState } from './state.js'

/** What a person may ask of the broker that is about to start. */
export interface StartOptions {
  readonly configFile?: string
  readonly port?: number
  /** `name=value`, in Kafka's names. */
  readonly overrides: readonly string[]
  readonly hasVirtualTime?: boolean
  /** How many are to make a cluster. */
  readonly brokers?: number
  /** Whether each of them has a process of its own. */
  readonly areProcesses?: boolean
  /** What another start was given: it is to be repeated. */
  readonly startArguments?: readonly string[]
}

/** What the daemon tells whoever started it: once, over the channel between them. */
export type DaemonReport =
  | { readonly type: 'serving'; readonly state: BrokerState }
  | {
      readonly type: 'failed'
      readonly reason: 'taken' | 'other'
      readonly message: string
      readonly nextStep: string | null
    }

/**
 * Starts the daemon as a process of its own and waits until it serves or says why not. The daemon outlives this process;
 * one that fails to start has ended when this returns.
 */
export async function spawnDaemon(home: Home, options: StartOptions): Promise<DaemonReport> {
  const log = openLog(home)
  const child = spawn(process.execPath, [daemonProgram(), ...atHome(home), ...daemonArguments(options)], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    windowsHide: true,
  })
  const report = await new Promise<DaemonReport>((resolve) => {
    child.once('message', (message) => resolve(message as DaemonReport))
    child.once('error', (error) => resolve(failed(`the broker could not be started: ${error.message}`, null)))
    child.once('exit', (code, signal) => {
      resolve(
        failed(`the broker ended while it started (${signal ?? `exit code ${code}`})`, `Its log is ${home.logFile}.`),
      )
    })
  })
  if (child.connected) child.disconnect()
  child.unref()
  return report
}

export function daemonArguments(options: StartOptions): string[] {
  return [
    ...(options.configFile === undefined ? [] : ['--config', resolve(options.configFile)]),
    ...(options.port === undefined ? [] : ['--port', String(options.port)]),
    ...options.overrides.flatMap((override) => ['--override', override]),
    ...(options.hasVirtualTime === true ? ['--virtual-time'] : []),
    ...(options.brokers === undefined ? [] : ['--brokers', String(options.brokers)]),
    ...(options.areProcesses === true ? ['--processes'] : []),
    ...(options.startArguments ?? []),
  ]
}

/** For a process whose output goes to the log of `home`. */
function atHome({ directory, logFile }: Home): string[] {
  return ['--home', directory, '--log-file', logFile]
}

/** The daemon's program, seen from the bundle in a package or from this file in a checkout. */
export function daemonProgram(): string {
  const toRoot = import.meta.url.endsWith('.ts') ? '../../..' : '..'
  return fileURLToPath(new URL(`${toRoot}/bin/klogd.js`, import.meta.url))
}

function openLog(home: Home): number {
  try {
    makeHome(home)
    return openSync(home.logFile, 'a', 0o600)
  } catch (error) {
    throw new UserError(
      `cannot write in ${home.directory}: ${(error as Error).message}`,
      'Make it writable, or choose another directory with KLOG_HOME.',
    )
  }
}

function failed(message: string, nextStep: string | null): DaemonReport {
  return { type: 'failed', reason: 'other', message, nextStep }
}
