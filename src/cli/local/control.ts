import type { Clock } from '../../base/clock.js'
import { UserError } from '../../base/user-error.js'
import { askBroker } from '../../control/client.js'
import type { Verb } from '../../control/verb.js'
import { klogVersion } from '../version.js'
import type { Home } from './home.js'
import { runningBroker } from './state.js'

/** Has the broker of `home` do something. It is never started for that. @throws UserError when none runs, or it will not */
export async function askLocalBroker<A extends object, R>(
  home: Home,
  clock: Clock,
  verb: Verb<A, R>,
  asked: A,
): Promise<R> {
  const state = runningBroker(home)
  if (state === null) throw new UserError('no broker runs', 'Start it: klog broker start')
  const version = klogVersion()
  if (state.control != null) return askBroker({ address: state.control, version, clock }, verb, asked)
  throw new UserError(
    `the running broker (version ${state.version}) does not listen for klog's own commands`,
    'Start it again: klog broker stop && klog broker start',
  )
}
