import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { UserError } from '../base/user-error.js'
import { LocalServer } from '../net/local-channel.js'
import type { Controlled } from './controlled.js'
import { type ControlAnswer, REQUEST_BYTES_MAX, readRequest, written } from './message.js'
import { verbs } from './verbs.js'

export interface ControlOptions {
  readonly address: string
  /** klog's. */
  readonly version: string
  /** The real one: the people who ask live by it. */
  readonly clock: Clock
  readonly log: Log
  readonly broker: Controlled
}

/** Listens for the commands of this machine's user. */
export function openControl(options: ControlOptions): Promise<LocalServer> {
  const { address, clock } = options
  const answer = async (bytes: Buffer): Promise<Buffer> => written(await answerTo(bytes, options))
  return LocalServer.open({ address, clock, requestBytesMax: REQUEST_BYTES_MAX, answer })
}

async function answerTo(bytes: Buffer, { version, broker, log }: ControlOptions): Promise<ControlAnswer> {
  const request = readRequest(bytes)
  if (request === null) return { version, error: { message: 'this is no request', nextStep: null } }
  const verb = verbs.get(request.verb)
  if (verb === undefined) {
    const message = `the broker knows of no '${request.verb}'`
    return { version, error: { message, nextStep: null, isUnknownVerb: true } }
  }
  try {
    return { version, result: await verb.run(broker, verb.read(request.arguments)) }
  } catch (error) {
    if (error instanceof UserError) return { version, error: { message: error.message, nextStep: error.nextStep } }
    const reason = error instanceof Error ? error : new Error(String(error))
    log.error(`${request.verb} failed: ${reason.stack}`)
    return {
      version,
      error: { message: `${request.verb} failed: ${reason.message}`, nextStep: 'See klog broker logs' },
    }
  }
}
