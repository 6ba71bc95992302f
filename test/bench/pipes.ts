import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { besideApache, createTopic, deleteTopic } from './brokers.js'
import { type Row, rowOf } from './row.js'
import type { Scope } from './scope.js'

const klog = join(import.meta.dirname, '../../bin/klog.js')
const apache = join(import.meta.dirname, '../compat/kafka/kafka')
const LINE_BYTES = 100
const LINES = 3_000_000

/** Lines through the console tools: klog's to klog, Apache Kafka's to Apache Kafka. */
export async function pipes(scope: Scope): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'klog-lines-'))
  const [input, output] = [join(directory, 'in'), join(directory, 'out')]
  writeFileSync(input, `${'l'.repeat(LINE_BYTES - 1)}\n`.repeat(LINES))
  const produced = { klog: [] as number[], apache: [] as number[] }
  const consumed = { klog: [] as number[], apache: [] as number[] }
  await besideApache(scope, async (brokers) => {
    const sides = [
      { side: 'klog', command: [process.execPath, klog] },
      { side: 'apache', command: [apache] },
    ] as const
    for (let round = 0; round < scope.rounds; round++) {
      for (const { side, command } of sides) {
        const broker = brokers[side]
        if (broker === null) continue
        const topic = `lines-${round}`
        await createTopic(broker, topic)
        const to = (tool: string): string[] => [...command, tool, '--bootstrap-server', `127.0.0.1:${broker.port}`]
        produced[side].push(LINES / (await seconds([...to('console-producer'), '--topic', topic], input, null)))
        const reading = ['--topic', topic, '--from-beginning', '--max-messages', String(LINES)]
        consumed[side].push(LINES / (await seconds([...to('console-consumer'), ...reading], null, output)))
        await deleteTopic(broker, topic)
      }
    }
  })
  rmSync(directory, { recursive: true })
  const unit = (perSecond: number): string => `${(perSecond / 1000).toFixed(0)} k lines/s`
  const row = (what: string, figures: typeof produced): Row =>
    rowOf({ what, unit, better: 'higher', goals: { apache: 1 } }, figures)
  return [
    row(`console-producer < file of ${LINE_BYTES} B lines`, produced),
    row('console-consumer --from-beginning > file', consumed),
  ]
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
