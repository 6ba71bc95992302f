import { UserError } from '../base/user-error.js'
import { failureText } from './failure-text.js'
import { isKafkaFailure } from './java-error.js'
import { OptionError } from './kafka-options.js'

/** The options of klog's own commands that talk to a cluster. */
export const CLUSTER_OPTIONS = [
  {
    name: 'bootstrap-server',
    argument: 'required',
    value: 'host:port,…',
    about: 'Brokers to contact first. Without it: the local broker, started if it does not run.',
  },
  { name: 'command-config', argument: 'required', value: 'file', about: 'Properties file with client settings.' },
] as const

/** Hands on what `work` comes to; what a cluster refuses is told without the names of Java's classes. */
export async function plainly<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof OptionError || !isKafkaFailure(error)) throw error
    throw new UserError(failureText(error).replace(/^(?:(?:[a-z]+\.)+[A-Z]\w+: )+/, ''))
  }
}
