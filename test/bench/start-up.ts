import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, KlogHome } from '../support/klog-home.js'
import { type Row, rowOf } from './row.js'
import type { Scope } from './scope.js'
import { ms } from './units.js'

const RUNS = 5
const APACHE_RUNS = 2
const klog = join(import.meta.dirname, '../../bin/klog.js')
const apacheKafka = join(import.meta.dirname, '../compat/kafka/kafka')
const READ = ['--topic', 'first', '--from-beginning', '--max-messages', '1']

interface Waited {
  /** Milliseconds from the first command to the end of each. */
  readonly produced: number[]
  readonly readBack: number[]
}

/** How long a person waits for the very first commands, with no broker running. */
export async function startUp({ hasApache }: Scope): Promise<Row[]> {
  const ours: Waited = { produced: [], readBack: [] }
  const theirs: Waited = { produced: [], readBack: [] }
  for (let run = 0; run < RUNS; run++) await klogFirst(ours)
  for (let run = 0; hasApache && run < APACHE_RUNS; run++) await apacheFirst(theirs)
  const goals = { klog: 250, apache: 0.1 }
  return [
    rowOf(
      { what: 'no broker runs: first command to first record acknowledged', unit: ms, better: 'lower', goals },
      { klog: ours.produced, apache: theirs.produced },
    ),
    rowOf(
      { what: 'no broker runs: … and the record read back by a second command', unit: ms, better: 'lower' },
      { klog: ours.readBack, apache: theirs.readBack },
    ),
  ]
}

async function klogFirst({ produced, readBack }: Waited): Promise<void> {
  const home = await KlogHome.make()
  const env = { ...process.env, ...home.env }
  const start = performance.now()
  done(process.execPath, [klog, 'console-producer', '--topic', 'first'], 'hello\n', env)
  produced.push(performance.now() - start)
  done(process.execPath, [klog, 'console-consumer', ...READ], '', env)
  readBack.push(performance.now() - start)
  await home.dispose()
}

async function apacheFirst({ produced, readBack }: Waited): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'apache-kafka-'))
  const port = await freePort()
  const server = ['--bootstrap-server', `127.0.0.1:${port}`]
  try {
    // Formatting its directory is no part of a start.
    execFileSync(apacheKafka, ['start', directory, String(port)], { stdio: 'ignore' })
    execFileSync(apacheKafka, ['stop', directory], { stdio: 'ignore' })
    const start = performance.now()
    execFileSync(apacheKafka, ['start', directory, String(port)], { stdio: 'ignore' })
    done(apacheKafka, ['console-producer', ...server, '--topic', 'first'], 'hello\n', process.env)
    produced.push(performance.now() - start)
    done(apacheKafka, ['console-consumer', ...server, ...READ], '', process.env)
    readBack.push(performance.now() - start)
  } catch {
    // There is no Java, or its jars cannot be had.
  } finally {
    execFileSync(apacheKafka, ['kill', directory], { stdio: 'ignore' })
    rmSync(directory, { recursive: true, force: true })
  }
}

function done(program: string, args: readonly string[], input: string, env: NodeJS.ProcessEnv): void {
  const { status, stderr } = spawnSync(program, args, { input, env })
  if (status !== 0) throw new Error(`${args.join(' ')}: exit ${status}: ${stderr}`)
}
