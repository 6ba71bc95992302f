import { UserError } from '../../base/user-error.js'
import type { Home } from './home.js'
import { runningBroker } from './state.js'

/**
 * What a number on the command line means: one broker of the cluster that runs, or the whole where it is the only broker.
 * @throws UserError where nothing runs, or a single broker has another number
 */
export function aimAt(home: Home, id: number): 'one of several' | 'the only one' {
  const state = runningBroker(home)
  if (state === null)
    throw new UserError('no broker runs', 'Start one: klog broker start; or three: klog broker start --brokers 3')
  if (state.brokers !== undefined) return 'one of several'
  if (id === state.nodeId) return 'the only one'
  throw new UserError(
    `there is no broker ${id}: the local broker is a single one, ${state.nodeId}`,
    'Start three, on a KLOG_HOME that is new or was reset: klog broker start --brokers 3',
  )
}
