import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where other people's clients are kept between runs. */
export const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'klog-compat')

/** Installs what the comparison needs: pip packages in environments of their own, Debian's kcat and docker-compose, Apache Kafka from Maven Central. */
export default function setup(): void {
  mkdirSync(cache, { recursive: true })
  python('newest', ['confluent-kafka', 'kafka-python'])
  python('kafka-python-2.0.2', ['kafka-python==2.0.2'])
  const missing = ['kcat', 'docker-compose'].filter((program) => !has(program))
  if (missing.length > 0) {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
    execFileSync('apt-get', ['install', '-y', '-qq', ...missing], { stdio: 'inherit' })
  }
  execFileSync(kafkaTool, ['classpath'], { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Apache Kafka's tools and server: `kafka topics …`, `kafka start DIR PORT`. */
export const kafkaTool = join(import.meta.dirname, 'kafka/kafka')

export function pythonOf(environment: 'newest' | 'kafka-python-2.0.2'): string {
  return join(cache, environment, 'bin/python')
}

function python(environment: 'newest' | 'kafka-python-2.0.2', packages: readonly string[]): void {
  if (existsSync(join(cache, environment, '.complete'))) return
  execFileSync('python3', ['-m', 'venv', join(cache, environment)], { stdio: 'inherit' })
  execFileSync(pythonOf(environment), ['-m', 'pip', 'install', '--quiet', ...packages], { stdio: 'inherit' })
  mkdirSync(join(cache, environment, '.complete'))
}

function has(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
