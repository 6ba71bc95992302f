import type { Clock } from '../base/clock.js'
import { UserError } from '../base/user-error.js'
import { askLocal } from '../net/local-channel.js'
import { ANSWER_BYTES_MAX, readAnswer, written } from './message.js'
import type { Verb } from './verb.js'

export interface ControlPeer {
  readonly address: string
  /** klog's, of the one who asks. */
  readonly version: string
  readonly clock: Clock
}

/**
 * Has the running broker do something, and waits until it is done.
 * @throws UserError with what the broker says against it; where it is of another version and knows no such thing, with that
 */
export async function askBroker<A extends object, R>(
  { address, version, clock }: ControlPeer,
  verb: Verb<A, R>,
  asked: A,
): Promise<R> {
  const request = written({ version, verb: verb.name, arguments: asked })
  const answer = readAnswer(await askLocal({ address, clock, request, answerBytesMax: ANSWER_BYTES_MAX }))
  if (answer === null) throw new UserError(`what answers on ${address} is no broker of klog`)
  if (!('error' in answer)) return answer.result as R
  const { message, nextStep, isUnknownVerb } = answer.error
  if (!isUnknownVerb || answer.version === version) throw new UserError(message, nextStep)
  throw new UserError(
    `the running broker is version ${answer.version}, this command ${version}: ${message}`,
    'Start it again: klog broker stop && klog broker start',
  )
}
