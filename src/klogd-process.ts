import { existsSync, type FSWatcher, watch } from 'node:fs'
import { systemClock } from './base/clock.js'
import type { Log } from './base/log.js'
import { closeControlAddress, controlAddress, protectControlAddress } from './cli/local/control-address.js'
import type { Home } from './cli/local/home.js'
import type { DaemonReport } from './cli/local/spawn.js'
import { clearOwnState } from './cli/local/state.js'
import { klogVersion } from './cli/version.js'
import type { Controlled } from './control/controlled.js'
import { openControl } from './control/server.js'

const LOOK_AGAIN_MS = 20
/** How long somebody may need to remove everything. */
const REMOVAL_MS_MAX = 2000

/** Where klog's commands may ask this process for more than Kafka's protocol has. */
export interface Control {
  readonly address: string
  close(): Promise<void>
}

/** Null where that cannot be listened on: without it the broker serves all the same. */
export async function takeControl(at: Home | string, broker: Controlled, log: Log): Promise<Control | null> {
  try {
    const address = typeof at === 'string' ? at : controlAddress(at)
    if (typeof at === 'string') closeControlAddress(address)
    const server = await openControl({ address, version: klogVersion(), clock: systemClock, log, broker })
    protectControlAddress(address)
    return { address, close: () => server.close().then(() => closeControlAddress(address)) }
  } catch (error) {
    log.warn(`klog's own commands cannot reach this broker: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

export interface Stoppable {
  readonly home: Home | null
  readonly control: Control | null
  readonly log: Log
  close(): Promise<void>
}

/** Stops in order at the first signal, at once at the second. Returns how to do the former without a signal, for what reason. */
export function stopOnSignals({ home, control, log, close }: Stoppable): (reason: string) => Promise<void> {
  let isStopping = false
  const stop = async (reason: string): Promise<void> => {
    if (isStopping) return
    isStopping = true
    log.info(`${reason}: shutting down`)
    try {
      if (home !== null) clearOwnState(home, process.pid)
      await control?.close()
      await close()
    } catch (error) {
      log.error(`This is no orderly end: ${(error as Error).stack}`)
      process.exit(1)
    }
    log.info('shut down completed')
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Who asks twice does not want to wait for an orderly end.
      if (isStopping) process.exit(1)
      void stop(signal)
    })
  }
  process.on('unhandledRejection', (reason) => {
    log.error(`A promise was rejected and nobody heard: ${reason instanceof Error ? reason.stack : String(reason)}`)
  })
  return stop
}

/**
 * Calls back when the state file of this broker is removed, mostly with the whole home (`rm -rf ~/.klog`): no command would
 * find the broker any more, and it would keep the port from the next one. `isGone`: nothing is left there, nor to be written.
 */
function whenForgotten(home: Home, forgotten: (isGone: boolean) => void): void {
  const look = (event: string): void => {
    if (event !== 'rename' || existsSync(home.stateFile)) return
    watcher?.close()
    tellOnceRemoved(home, REMOVAL_MS_MAX, forgotten)
  }
  let watcher: FSWatcher | null = null
  try {
    watcher = watch(home.directory, { persistent: false }, look)
    watcher.on('error', () => watcher?.close())
  } catch {
    // Not every system has watches to give, and it is a comfort only.
  }
}

/** Who removes a home begins anywhere in it, and must not find files in it that were made meanwhile. */
function tellOnceRemoved(home: Home, patienceMs: number, tell: (isGone: boolean) => void): void {
  const isGone = !existsSync(home.directory)
  if (isGone || patienceMs <= 0) tell(isGone)
  else systemClock.after(LOOK_AGAIN_MS, () => tellOnceRemoved(home, patienceMs - LOOK_AGAIN_MS, tell))
}

/** Ends as a crash would when whoever started this process has gone, and with it the other end of its input. */
export function endWithParent(): void {
  process.stdin.on('end', () => process.exit(1)).on('error', () => process.exit(1))
  process.stdin.resume()
}

/**
 * Ends the broker of a home whose state file was removed: in order, unless its data has gone, too.
 * @param dataDirectories absolute
 */
export function endForgotten(
  home: Home,
  dataDirectories: readonly string[],
  log: Log,
  stop: (why: string) => unknown,
): void {
  whenForgotten(home, (isGone) => {
    const reason = `${home.stateFile} was removed`
    if (!isGone || dataDirectories.some((directory) => existsSync(directory))) {
      stop(reason)
      return
    }
    log.info(`${reason}, and all data with it: the broker ends`)
    process.exit(0)
  })
}

/** To whoever started us and waits; it goes its own way afterwards. */
export function report(report: DaemonReport): void {
  if (process.connected) process.send!(report, () => process.disconnect?.())
}
