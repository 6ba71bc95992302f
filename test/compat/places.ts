import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where other people's clients are kept between runs. */
export const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'klog-compat')

/** Apache Kafka's tools and server: `kafka topics …`, `kafka start DIR PORT`. */
export const kafkaTool = join(import.meta.dirname, 'kafka/kafka')

/**
 * Python with its Kafka clients: the newest ones, and those that an older one is needed of. librdkafka of 2026 (2.16) can wait for ever in
 * send_offsets_to_transaction after a broker was away, whichever broker that is (its issues 5456, 5511).
 */
export type PythonEnvironment = 'newest' | 'kafka-python-2.0.2' | 'librdkafka-2.8.2'

export function pythonOf(environment: PythonEnvironment): string {
  return join(cache, environment, 'bin/python')
}
