import { systemClock } from './base/clock.js'
import type { Log } from './base/log.js'
import { closeControlAddress, controlAddress, protectControlAddress } from './cli/local/control-address.js'
import type { Home } from './cli/local/home.js'
import type { DaemonReport } from './cli/local/spawn.js'
import { clearOwnState } from './cli/local/state.js'
import { klogVersion } from './cli/version.js'
import type { Controlled } from './control/controlled.js'
import { openControl } from './control/server.js'

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

/** Stops in order at the first signal, at once at the second. */
export function stopOnSignals({ home, control, log, close }: Stoppable): void {
  let isStopping = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, async () => {
      // Who asks twice does not want to wait for an orderly end.
      if (isStopping) process.exit(1)
      isStopping = true
      log.info(`${signal}: shutting down`)
      if (home !== null) clearOwnState(home, process.pid)
      await control?.close()
      await close()
      log.info('shut down completed')
      process.exit(0)
    })
  }
  process.on('unhandledRejection', (reason) => {
    log.error(`A promise was rejected and nobody heard: ${reason instanceof Error ? reason.stack : String(reason)}`)
  })
}

/** Ends as a crash would when whoever started this process has gone, and with it the other end of its input. */
export function endWithParent(): void {
  process.stdin.on('end', () => process.exit(1)).on('error', () => process.exit(1))
  process.stdin.resume()
}

/** To whoever started us and waits; it goes its own way afterwards. */
export function report(report: DaemonReport): void {
  if (process.connected) process.send!(report, () => process.disconnect?.())
}
