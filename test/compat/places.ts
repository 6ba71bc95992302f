import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where other people's clients are kept between runs. */
export const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'klog-compat')

/** Apache Kafka's tools and server: `kafka topics …`, `kafka start DIR PORT`. */
export const kafkaTool = join(import.meta.dirname, 'kafka/kafka')

export function pythonOf(environment: 'newest' | 'kafka-python-2.0.2'): string {
  return join(cache, environment, 'bin/python')
}
