import type { Clock } from '../../base/clock.js'
import { UserError } from '../../base/user-error.js'
import type { Home } from './home.js'
import { hasEnded, isProcess } from './process.js'
import { type BrokerState, clearOwnState, clearState, runningBroker } from './state.js'

/** An orderly stop writes out what is open; with many partitions on a slow disk that takes its time. */
const STOP_MS_MAX = 30_000
const KILL_MS_MAX = 5_000

/**
 * Ends the local broker: `SIGTERM` closes its files in order, `SIGKILL` is a power cut for it.
 * @returns the broker that was ended, null when none ran.
 * @throws UserError when it is still there after the time that such a signal takes at most.
 */
export async function endBroker(home: Home, signal: 'SIGTERM' | 'SIGKILL', clock: Clock): Promise<BrokerState | null> {
  const state = runningBroker(home)
  if (state === null) {
    clearState(home)
    return null
  }
  const waitMsMax = signal === 'SIGKILL' ? KILL_MS_MAX : STOP_MS_MAX
  process.kill(state.pid, signal)
  if (!(await hasEnded(state.pid, state.processStart, clock, waitMsMax))) {
    throw new UserError(
      `the broker (pid ${state.pid}) has not ended`,
      `See ${home.logFile}, or end it at once: klog broker kill`,
    )
  }
  for (const { pid, processStart } of state.brokers ?? []) {
    if (pid !== null && pid !== state.pid) await endBrokerProcess(pid, processStart, clock)
  }
  clearOwnState(home, state.pid)
  return state
}

/** Brokers in processes of their own go with the one that keeps them; a paused one cannot know. */
async function endBrokerProcess(pid: number, start: string | null, clock: Clock): Promise<void> {
  if (isProcess(pid, start)) process.kill(pid, 'SIGKILL')
  await hasEnded(pid, start, clock, KILL_MS_MAX)
}
