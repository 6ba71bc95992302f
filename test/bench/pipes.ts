import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { apacheBroker, createTopic, klogBroker, type MeasuredBroker } from './brokers.js'
import { comparedRow } from './compared-row.js'
import type { Row } from './table.js'

const klog = join(import.meta.dirname, '../../bin/klog.js')
const apache = join(import.meta.dirname, '../compat/kafka/kafka')
const LINE_BYTES = 100
const LINES = 5_000_000
const ROUNDS = 2

/** Half a gigabyte of lines through the console tools: klog's to klog, Apache Kafka's to Apache Kafka. */
export async function pipes(): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'klog-lines-'))
  const file = join(directory, 'lines')
  writeFileSync(file, `${'l'.repeat(LINE_BYTES - 1)}\n`.repeat(LINES))
  const sides = [
    { name: 'klog', broker: await klogBroker(), command: [process.execPath, klog], prefix: '' },
    { name: 'apache', broker: await apacheBroker(), command: [apache], prefix: 'kafka-' },
  ] as const
  const produced: Record<string, number[]> = { klog: [], apache: [], floor: [] }
  const consumed: Record<string, number[]> = { klog: [], apache: [], floor: [] }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, broker, command, prefix } of sides) {
      if (broker === null) continue
      const topic = `lines-${round}`
      await createTopic(broker, topic)
      const to = (tool: string): string[] => [
        ...command,
        `${prefix}${tool}`,
        '--bootstrap-server',
        `127.0.0.1:${broker.port}`,
      ]
      produced[name]!.push(LINES / (await seconds([...to('console-producer'), '--topic', topic], file, null)))
      const reading = ['--topic', topic, '--from-beginning', '--max-messages', String(LINES)]
      consumed[name]!.push(
        LINES / (await seconds([...to('console-consumer'), ...reading], null, join(directory, 'out'))),
      )
    }
  }
  for (const { broker } of sides) await (broker as MeasuredBroker | null)?.stop()
  rmSync(directory, { recursive: true })
  const unit = (perSecond: number): string => `${(perSecond / 1000).toFixed(0)} k lines/s`
  const row = (what: string, figures: Record<string, number[]>): Row =>
    comparedRow(
      { what, unit, better: 'higher', goals: { apache: 1 } },
      { klog: figures.klog!, apache: figures.apache!, floor: [] },
    )
  return [row('console-producer < file of 100 B lines', produced), row('console-consumer > file', consumed)]
}

async function seconds([program, ...args]: string[], input: string | null, output: string | null): Promise<number> {
  const start = performance.now()
  const child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'ignore'] })
  const ended = once(child, 'exit')
  if (input === null) child.stdin.end()
  const flows = [
    ...(input === null ? [] : [pipeline(createReadStream(input), child.stdin)]),
    output === null ? child.stdout.resume() : pipeline(child.stdout, createWriteStream(output)),
  ]
  const [code] = (await ended) as [number]
  await Promise.all(flows)
  if (code !== 0) throw new Error(`${args.join(' ')}: exit ${code}`)
  return (performance.now() - start) / 1000
}
