import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AssignerProtocol, Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Command, clients, start, tool } from './clients.js'
import { DaemonProcess } from './daemon-process.js'

const LINES = 30_000
const PARTITIONS = 3
const klog = join(import.meta.dirname, '../../bin/klog.js')

const directory = mkdtempSync(join(tmpdir(), 'klog-compat-'))
const lines = join(directory, 'lines.txt')
let broker: DaemonProcess

beforeAll(async () => {
  writeFileSync(lines, keyedLines())
  broker = await DaemonProcess.start(directory, { 'num.partitions': String(PARTITIONS) })
})

afterAll(async () => {
  await broker?.end('SIGTERM')
  rmSync(directory, { recursive: true })
})

describe.each(clients)('$name', (client) => {
  const topic = client.name.toLowerCase().replace(/[^a-z0-9]+/g, '-')

  test('writes a text file and reads the same back, partition by partition', async () => {
    const creation = client.create(broker.bootstrap, topic, PARTITIONS)
    if (creation !== null) await output(creation)
    await output(client.produce(broker.bootstrap, topic, lines))
    const own = records(await output(client.consume(broker.bootstrap, topic, LINES)))
    expect(keysAndValues(own)).toEqual(keysAndValues(records(readFileSync(lines, 'latin1'), 'lines')))
    const apache = await output(clients.at(-1)!.consume(broker.bootstrap, topic, LINES))
    expect(checksums(own)).toEqual(checksums(records(apache)))
  })

  test('goes on from its committed offset after the broker was killed', async () => {
    const group = `${topic}-resumed`
    const first = records(await output(client.consume(broker.bootstrap, topic, 10_000, group)))
    await broker.crashAndRestart()
    expect(lagOf('klog', group)).toEqual(lagOf('apache', group))
    const rest = records(await output(client.consume(broker.bootstrap, topic, LINES - 10_000, group)))
    expect(positions([...first, ...rest])).toEqual(
      positions(records(await output(clients.at(-1)!.consume(broker.bootstrap, topic, LINES)))),
    )
    expect(lagOf('klog', group).map((row) => row.at(-1))).toEqual(Array(PARTITIONS).fill('0'))
  })

  test('shares the partitions between two members, and one takes over when the other is killed', async () => {
    const group = `${topic}-shared`
    const members = [1, 2].map(() => start(client.member(broker.bootstrap, topic, group)))
    for (const member of members) for (const stream of [member.stdout!, member.stderr!]) stream.resume()
    try {
      await assignments(
        group,
        (sizes) => sizes.length === 2 && sizes[0]! + sizes[1]! === PARTITIONS && !sizes.includes(0),
      )
      members[0]!.kill('SIGKILL')
      await assignments(group, (sizes) => sizes.length === 1 && sizes[0] === PARTITIONS)
    } finally {
      for (const member of members) member.kill('SIGKILL')
    }
  })
})

/** A real text of `LINES` lines, each with a key that comes back now and then. */
function keyedLines(): string {
  const compiler = join(import.meta.dirname, '../../node_modules/typescript/package.json')
  const { optionalDependencies } = JSON.parse(readFileSync(compiler, 'utf8')) as {
    optionalDependencies: Record<string, string>
  }
  const text = Object.keys(optionalDependencies)
    .map((name) => join(import.meta.dirname, '../../node_modules', name, 'lib/lib.dom.d.ts'))
    .map((file) => {
      try {
        return readFileSync(file, 'latin1')
      } catch {
        return ''
      }
    })
    .join('')
  const all = text.split(/\r?\n/).slice(0, LINES)
  expect(all).toHaveLength(LINES)
  return all
    .map((line, at) => `${createHash('md5').update(line).digest('hex').slice(0, 4)}${at % 7}\t${line}\n`)
    .join('')
}

interface Row {
  readonly partition: number
  readonly offset: number
  readonly pair: string
}

/** Rows of `partition, offset, key, value`; Apache's tool puts names before the first two. */
function records(text: string, form: 'rows' | 'lines' = 'rows'): Row[] {
  const all = text.split('\n').slice(0, -1)
  if (form === 'lines') return all.map((pair) => ({ partition: 0, offset: 0, pair }))
  return all
    .map((line) => /^(?:Partition:)?(\d+)\t(?:Offset:)?(\d+)\t(.*)$/s.exec(line))
    .filter((match) => match !== null)
    .map(([, partition, offset, pair]) => ({ partition: Number(partition), offset: Number(offset), pair: pair! }))
}

function keysAndValues(rows: readonly Row[]): string {
  return digest(rows.map((row) => row.pair).sort())
}

function checksums(rows: readonly Row[]): Record<number, string> {
  const partitions = [...new Set(rows.map((row) => row.partition))].sort()
  return Object.fromEntries(
    partitions.map((partition) => {
      const own = rows.filter((row) => row.partition === partition).sort((a, b) => a.offset - b.offset)
      return [partition, digest(own.map((row) => `${row.offset} ${row.pair}`))]
    }),
  )
}

function positions(rows: readonly Row[]): string {
  return digest(rows.map((row) => `${row.partition} ${row.offset}`).sort())
}

function digest(texts: readonly string[]): string {
  return `${texts.length} ${createHash('sha256').update(texts.join('\n')).digest('hex')}`
}

/** GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG of each partition, as the tool prints them. */
function lagOf(whose: 'klog' | 'apache', group: string): string[][] {
  const args = ['--bootstrap-server', broker.bootstrap, '--describe', '--group', group]
  const [program, own] =
    whose === 'klog' ? [process.execPath, [klog, 'consumer-groups']] : [tool().program, ['consumer-groups']]
  const text = execFileSync(program, [...own, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return text
    .split('\n')
    .filter((line) => line.startsWith(group))
    .map((line) => line.split(/\s+/).slice(0, 6))
}

/** Asks until the group is stable and `reached` holds of how many partitions each member has. */
async function assignments(group: string, reached: (sizes: number[]) => boolean): Promise<void> {
  const admin = new Kafka({ brokers: [broker.bootstrap], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  for (;;) {
    const { groups } = await admin.describeGroups([group])
    const sizes = groups[0]!.members.map(({ memberAssignment }) => {
      const decoded = memberAssignment.length === 0 ? null : AssignerProtocol.MemberAssignment.decode(memberAssignment)
      return Object.values(decoded?.assignment ?? {}).flat().length
    })
    if (groups[0]!.state === 'Stable' && reached(sizes)) break
  }
  await admin.disconnect()
}

async function output(command: Command): Promise<string> {
  const child = start(command)
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout!.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr!.on('data', (chunk: Buffer) => err.push(chunk))
  if (command.stdinFile === undefined) child.stdin!.end()
  else createReadStream(command.stdinFile).pipe(child.stdin!)
  const [code] = (await once(child, 'close')) as [number | null]
  const told = `${command.program} ${command.args.join(' ')}\n${Buffer.concat(err).toString()}`
  expect(code, told).toBe(0)
  return Buffer.concat(out).toString('latin1')
}
