import type { Clock } from '../../base/clock.js'
import { UserError } from '../../base/user-error.js'
import type { Home } from './home.js'
import type { DaemonReport, StartOptions } from './spawn.js'
import { type BrokerState, runningBroker } from './state.js'

/** How long another command's broker may take to serve before we say that something is wrong. */
const OTHERS_START_MS_MAX = 15_000
const LOOK_AGAIN_MS = 10

export interface Ensured {
  readonly state: BrokerState
  /** Whether this call started it. */
  readonly started: boolean
}

/**
 * The broker of `home`, started if it does not run. Of two commands that come here at the same moment one starts it and the
 * other waits for that one: the data directory's lock decides.
 * @throws UserError when it cannot be started: port in use, directory not writable, bad setting.
 */
export async function ensureBroker(home: Home, options: StartOptions, clock: Clock): Promise<Ensured> {
  const running = runningBroker(home)
  if (running !== null) return { state: running, started: false }
  // Nearly every command finds it running.
  const { spawnDaemon } = await import('./spawn.js')
  const report = await spawnDaemon(home, options)
  if (report.type === 'serving') return { state: report.state, started: true }
  const other = report.reason === 'taken' ? await othersBroker(home, clock) : null
  if (other !== null) return { state: other, started: false }
  throw failure(report)
}

async function othersBroker(home: Home, clock: Clock): Promise<BrokerState | null> {
  const giveUpAt = clock.monotonicMs() + OTHERS_START_MS_MAX
  for (;;) {
    const state = runningBroker(home)
    if (state !== null || clock.monotonicMs() > giveUpAt) return state
    await new Promise<void>((done) => clock.after(LOOK_AGAIN_MS, done))
  }
}

function failure({ message, nextStep }: DaemonReport & { type: 'failed' }): UserError {
  const port = /^Port (\d+) is in use/.exec(message)?.[1]
  if (port === undefined) return new UserError(message, nextStep)
  return new UserError(
    message,
    `If that is a Kafka, use it with --bootstrap-server localhost:${port}; else start klog's elsewhere: klog broker start --port N`,
  )
}
