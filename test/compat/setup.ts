import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { franzGo } from './copiers.js'
import { compileJava } from './java.js'
import { cache, kafkaTool, type PythonEnvironment, pythonOf } from './places.js'
import { franzGoWorker } from './workers.js'

/** Installs what the comparison needs: pip packages in environments of their own, Debian's kcat, docker-compose and a JDK, Apache Kafka from Maven Central. */
export default function setup(): void {
  mkdirSync(cache, { recursive: true })
  python('newest', ['confluent-kafka', 'kafka-python'])
  python('kafka-python-2.0.2', ['kafka-python==2.0.2'])
  python('librdkafka-2.8.2', ['confluent-kafka==2.8.2'])
  const packages = { kcat: 'kcat', 'docker-compose': 'docker-compose', javac: 'default-jdk-headless' }
  const missing = Object.entries(packages).flatMap(([program, name]) => (has(program) ? [] : [name]))
  if (missing.length > 0) {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
    execFileSync('apt-get', ['install', '-y', '-qq', ...missing], { stdio: 'inherit' })
  }
  execFileSync(kafkaTool, ['classpath'], { stdio: ['ignore', 'ignore', 'inherit'] })
  compileJava()
  buildFranzGo('.', franzGo)
  buildFranzGo('./worker', franzGoWorker)
}

/** Go is on some machines only, and Debian's may be too old: then that client is left out, and says why. */
function buildFranzGo(source: string, { program, missing }: { program: string; missing: string }): void {
  rmSync(missing, { force: true })
  try {
    const cwd = join(import.meta.dirname, 'clients/franz-go')
    execFileSync('go', ['build', '-o', program, source], { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
  } catch (error) {
    writeFileSync(missing, `franz-go could not be built: ${(error as Error).message}`)
  }
}

function python(environment: PythonEnvironment, packages: readonly string[]): void {
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
