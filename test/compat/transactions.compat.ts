import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFailed, onTestFinished, test } from 'vitest'
import { type BrokerProcess, startBroker } from './broker-process.js'
import { tool } from './clients.js'
import { type Copier, type CopyJob, copiers, javaCopier } from './copiers.js'
import { fill } from './input.js'
import { outcomeOf } from './outcome.js'
import { Program } from './program.js'

const RECORDS = 3000
const PARTITIONS = 3
const KILLS = 20
const COMMITS_BETWEEN_KILLS = 5
/** Five words and two victims: twenty kills meet every pair of them twice. */
const WORDS_TO_KILL_AT = ['begun', 'sent', 'committing', 'committed', 'aborting']

const directory = mkdtempSync(join(tmpdir(), 'klog-transactions-'))
let broker: BrokerProcess

beforeAll(async () => {
  broker = await startBroker(directory, {
    'offsets.topic.num.partitions': '5',
    'transaction.state.log.num.partitions': '5',
    'group.min.session.timeout.ms': '1000',
  })
})

afterAll(async () => {
  await broker?.end('SIGTERM')
  rmSync(directory, { recursive: true })
})

describe('a copier and its broker, each killed ten times, copy every record exactly once', () => {
  test.for(copiers)('$name', async (copier, context) => {
    if (copier.missing !== null) context.skip(copier.missing)
    await copyUnderKills(copier, copier.name.toLowerCase().replace(/[^a-z0-9]+/g, '-'))
  })

  test("Apache Kafka's Java client, where the cluster has the transactions of before Kafka 4.0", async () => {
    const { program, args } = tool('features', '--bootstrap-server', broker.bootstrap)
    await promisify(execFile)(program, [...args, 'downgrade', '--feature', 'transaction.version=1'])
    await copyUnderKills(javaCopier, 'transaction-version-1')
  })
})

async function copyUnderKills(copier: Copier, name: string): Promise<void> {
  const job: CopyJob = {
    bootstrap: broker.bootstrap,
    input: `${name}-in`,
    output: `${name}-out`,
    group: `${name}-group`,
    transactionalId: `${name}-copier`,
  }
  const values = Array.from({ length: RECORDS }, (_, at) => String(at))
  await fill(broker.bootstrap, job.input, values, PARTITIONS)
  await fill(broker.bootstrap, job.output, [], PARTITIONS)
  const program = new Program(copier.command(job))
  onTestFailed(() => console.error(program.complaints))
  onTestFinished(() => program.end('SIGKILL'))
  for (let kill = 0; kill < KILLS; kill++) {
    await program.says('committed', COMMITS_BETWEEN_KILLS)
    await program.says(WORDS_TO_KILL_AT[kill % WORDS_TO_KILL_AT.length]!)
    await (kill % 2 === 0 ? program : broker).crashAndRestart()
  }
  expect(await program.ended, program.complaints).toBe(0)
  const outcome = await outcomeOf(job.bootstrap, job.input, job.output, job.group)
  const copies = outcome.committed.map(({ value }) => value)
  expect(copies.sort()).toEqual(values.map((value) => `copy of ${value}`).sort())
  expect(outcome.offsets).toHaveLength(PARTITIONS)
  for (const { committed, end } of outcome.offsets) expect(committed).toBe(end)
  // The aborted transactions did write.
  expect(outcome.written.length).toBeGreaterThan(RECORDS)
}
