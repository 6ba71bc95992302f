import { UserError } from '../../base/user-error.js'
import { verb } from '../verb.js'
import type { TimeReport } from './read-time.js'

/** Moves the broker's clock ahead; answers when everything that fell due on the way has run. */
export const advanceTime = verb(
  'time.advance',
  (given) => ({ byMs: given.count('byMs') }),
  async ({ time }, { byMs }): Promise<TimeReport> => {
    if (time === null) {
      throw new UserError(
        "the broker was not started with --virtual-time, so its clock is the system's",
        'Start it again: klog broker stop && klog broker start --virtual-time',
      )
    }
    await time.advance(byMs)
    return { isVirtual: true, aheadMs: time.offsetMs }
  },
)
