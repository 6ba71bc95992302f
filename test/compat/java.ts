import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from './clients.js'
import { cache, kafkaTool } from './places.js'

const sources = join(import.meta.dirname, 'clients/java')
const classes = join(cache, 'classes')

/** Compiles our programs for Apache Kafka's Java libraries. */
export function compileJava(): void {
  const files = readdirSync(sources).map((name) => join(sources, name))
  execFileSync('javac', ['-d', classes, '-cp', kafkaJars(), ...files], { stdio: 'inherit' })
}

/** One of our Java programs, on Apache Kafka's libraries. */
export function java(program: string, ...args: string[]): Command {
  const logging = `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'kafka/tools-log4j2.properties')}`
  const options = ['-Xmx256M', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', logging]
  return { program: 'java', args: [...options, '-cp', `${classes}:${kafkaJars()}`, program, ...args] }
}

function kafkaJars(): string {
  return execFileSync(kafkaTool, ['classpath'], { encoding: 'utf8' }).trim()
}
