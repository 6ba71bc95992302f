import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from './clients.js'
import { java } from './java.js'
import { cache, pythonOf } from './places.js'

/**
 * A program that copies one topic to another in transactions, each of about twenty records and their offsets, and says
 * `begun`, `sent`, `committing` or `aborting`, `committed` or `aborted` on stdout as it goes. It aborts each fifth transaction and does
 * its records again. At the end of its input it exits with 0.
 */
export interface Copier {
  readonly name: string
  /** Why this machine cannot run it, or null. */
  readonly missing: string | null
  command(job: CopyJob): Command
}

export interface CopyJob {
  readonly bootstrap: string
  readonly input: string
  readonly output: string
  readonly group: string
  readonly transactionalId: string
}

/** Where the copier with franz-go is built to, and where it says why it could not be. */
export const franzGo = { program: join(cache, 'franz-go-copier'), missing: join(cache, 'franz-go-copier.missing') }

export const javaCopier: Copier = {
  name: "Apache Kafka's Java client",
  missing: null,
  command: (job) => java('TransactionalCopier', ...words(job)),
}

export const copiers: readonly Copier[] = [
  javaCopier,
  script('librdkafka', pythonOf('librdkafka-2.8.2'), 'confluent_copier.py'),
  {
    name: 'franz-go',
    missing: existsSync(franzGo.missing) ? readFileSync(franzGo.missing, 'utf8') : null,
    command: (job) => ({ program: franzGo.program, args: words(job) }),
  },
  script('kafkajs', process.execPath, 'kafkajs_copier.mjs'),
  script('kafka-python', pythonOf('newest'), 'kafka_python_copier.py'),
]

function script(name: string, program: string, file: string): Copier {
  const path = join(import.meta.dirname, 'clients', file)
  return { name, missing: null, command: (job) => ({ program, args: [path, ...words(job)] }) }
}

function words({ bootstrap, input, output, group, transactionalId }: CopyJob): string[] {
  return [bootstrap, input, output, group, transactionalId]
}
