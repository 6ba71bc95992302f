import { type Charge, refusal } from '../cluster/decision.js'
import { ErrorCode } from '../protocol/errors.js'
import type { RequestContext } from './handler.js'

/**
 * Holds the sender to its quota on partitions that are created and deleted (KIP-599).
 * @param isStrict what is too much is refused; otherwise it is done, and the sender is held back after it
 */
export function mutationCharge({ throttle }: RequestContext, isStrict: boolean): Charge | undefined {
  if (throttle === null) return undefined
  return (partitions) =>
    throttle.refusesMutation(partitions, isStrict) ? refusal(ErrorCode.THROTTLING_QUOTA_EXCEEDED, null) : null
}
