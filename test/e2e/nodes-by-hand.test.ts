import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa, type ResultPromise } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { freePortRow } from '../support/port-row.js'

const bin = join(import.meta.dirname, '../../bin')
const TRIES = { timeout: 20_000 }
let directory: string
let port: number
let nodes: ResultPromise[]

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'klog-nodes-'))
  port = await freePortRow(8)
  nodes = []
})
afterEach(async () => {
  for (const node of nodes) node.kill('SIGKILL')
  await Promise.all(nodes.map((node) => node.catch(() => {})))
  rmSync(directory, { recursive: true, force: true })
})

const clientPort = (id: number): number => port + 2 * id
const controllerPort = (id: number): number => port + 2 * id + 1
const voters = (...ids: number[]): string => ids.map((id) => `${id}@localhost:${controllerPort(id)}`).join(',')

/** A `server.properties` as people write it for Apache Kafka. */
function properties(id: number, roles: string, settings: Record<string, string>): string {
  const listeners = [
    ...(roles.includes('broker') ? [`PLAINTEXT://localhost:${clientPort(id)}`] : []),
    ...(roles.includes('controller') ? [`CONTROLLER://localhost:${controllerPort(id)}`] : []),
  ]
  const all = {
    'process.roles': roles,
    'node.id': String(id),
    listeners: listeners.join(','),
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(directory, `logs-${id}`),
    ...settings,
  }
  const file = join(directory, `${id}.properties`)
  writeFileSync(
    file,
    Object.entries(all)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )
  return file
}

function node(id: number, roles: string, settings: Record<string, string>): ResultPromise {
  const file = properties(id, roles, settings)
  const started = execa(process.execPath, [join(bin, 'klogd.js'), file], { reject: false, all: true })
  nodes.push(started)
  return started
}

async function klog(args: readonly string[], id: number): Promise<string> {
  const [tool, ...rest] = args
  return tools([tool!, '--bootstrap-server', `localhost:${clientPort(id)}`, ...rest])
}

async function tools(args: readonly string[]): Promise<string> {
  const all = [join(bin, 'klog.js'), ...args]
  const { stdout } = await execa(process.execPath, all, { reject: false, env: { KLOG_NO_SPAWN: '1' } })
  return stdout
}

const votersIn = (status: string): number[] =>
  [...(/^CurrentVoters: +(.*)$/m.exec(status)?.[1] ?? '').matchAll(/"id": (\d+)/g)].map(([, id]) => Number(id))

/** Resolves when a line of what the node says matches. */
function says(one: ResultPromise, wanted: RegExp): Promise<string> {
  let said = ''
  return new Promise((resolve, reject) => {
    one.all!.on('data', (chunk) => {
      said += chunk
      if (wanted.test(said)) resolve(said)
    })
    one.all!.on('end', () => reject(new Error(`it never said ${wanted}, but: ${said}`)))
  })
}

const clusterIdIn = (id: number): string | undefined =>
  /^cluster\.id=(.*)$/m.exec(readFileSync(join(directory, `logs-${id}`, 'meta.properties'), 'utf8'))?.[1]

describe('nodes started by hand, each with its own settings', () => {
  test('that are broker and controller in one form a cluster, with one id for directories that nobody formatted', async () => {
    const settings = { 'controller.quorum.voters': voters(0, 1, 2) }
    const started = [0, 1, 2].map((id) => says(node(id, 'broker,controller', settings), /Kafka Server started/))
    await Promise.all(started)
    expect(new Set([0, 1, 2].map(clusterIdIn)).size).toBe(1)
    expect(await klog(['topics', '--create', '--topic', 'orders', '--replication-factor', '3'], 1)).toBe(
      'Created topic orders.',
    )
    await expect.poll(() => klog(['topics', '--list'], 2), TRIES).toBe('orders')
  })

  test('can be a controller alone, and brokers without a vote', async () => {
    const settings = { 'controller.quorum.voters': voters(0), 'offsets.topic.replication.factor': '2' }
    const controller = says(node(0, 'controller', settings), /Kafka Server started/)
    const brokers = [1, 2].map((id) => says(node(id, 'broker', settings), /Kafka Server started/))
    await Promise.all([controller, ...brokers])
    expect(await klog(['topics', '--create', '--topic', 'orders', '--replication-factor', '2'], 1)).toBe(
      'Created topic orders.',
    )
    expect(await klog(['topics', '--describe', '--topic', 'orders'], 2)).toMatch(/Replicas: (1,2|2,1)\s/)
    const quorum = await klog(['metadata-quorum', 'describe', '--status'], 1)
    expect(quorum).toMatch(/^LeaderId: +0$/m)
  })

  test('find the voters that their directories were formatted with, and give one more a vote while they run', async () => {
    const servers = {
      'controller.quorum.bootstrap.servers': `localhost:${controllerPort(0)},localhost:${controllerPort(1)}`,
    }
    const ids = ['AAAAAAAAAAAAAAAAAAAAAQ', 'AAAAAAAAAAAAAAAAAAAAAg']
    const initial = [0, 1].map((id) => `${id}@localhost:${controllerPort(id)}:${ids[id]}`).join(',')
    const format = (id: number, ...how: string[]): Promise<string> => {
      const file = properties(id, 'broker,controller', servers)
      return tools(['storage', 'format', '--cluster-id', '4L6g3nShT-eMCtK--X86sw', '--config', file, ...how])
    }
    const formatted = [0, 1].map((id) => format(id, '--initial-controllers', initial))
    await Promise.all([...formatted, format(2, '--no-initial-controllers')])
    const started = [0, 1, 2].map((id) => says(node(id, 'broker,controller', servers), /Kafka Server started/))
    await Promise.all(started)

    expect(votersIn(await klog(['metadata-quorum', 'describe', '--status'], 2))).toEqual([0, 1])
    const join2 = ['--command-config', join(directory, '2.properties'), 'add-controller']
    await expect.poll(() => klog(['metadata-quorum', ...join2], 0), TRIES).toMatch(/^Added controller 2 with/)
    await expect
      .poll(async () => votersIn(await klog(['metadata-quorum', 'describe', '--status'], 1)), TRIES)
      .toEqual([0, 1, 2])

    // Two of three are a majority, whoever leads.
    nodes[0]!.kill('SIGKILL')
    await expect
      .poll(() => klog(['topics', '--create', '--if-not-exists', '--topic', 'orders'], 1), TRIES)
      .toBe('Created topic orders.')
    const remove = ['remove-controller', '--controller-id', '0', '--controller-directory-id', ids[0]!]
    await expect
      .poll(() => klog(['metadata-quorum', ...remove], 2), TRIES)
      .toMatch(/^Removed {2}KRaft controller 0 with/)
    expect(votersIn(await klog(['metadata-quorum', 'describe', '--status'], 1))).toEqual([1, 2])
  })

  test('say which directory belongs to another cluster', async () => {
    const settings = { 'controller.quorum.voters': voters(0, 1) }
    const id = 'AAAAAAAAAAAAAAAAAAAAAA'
    mkdirSync(join(directory, 'logs-1'))
    writeFileSync(join(directory, 'logs-1', 'meta.properties'), `version=1\nnode.id=1\ncluster.id=${id}\n`)
    const first = node(0, 'broker,controller', settings)
    const other = node(1, 'broker,controller', settings)
    expect(await says(other, /ERROR .*another cluster/)).toContain(id)
    first.kill('SIGKILL')
  })

  test.each([
    [
      'several bootstrap servers and a directory that nobody has formatted',
      { 'controller.quorum.bootstrap.servers': 'a:1,b:1,c:1' },
      'broker,controller',
      /is not formatted.*\n.*klog storage format.*--initial-controllers/,
    ],
    ['no voters at all', {}, 'broker', /does not say who is/],
    [
      'a role that there is not',
      { 'controller.quorum.voters': '0@localhost:1' },
      'observer',
      /Invalid value observer for configuration process\.roles/,
    ],
    [
      'a vote that it does not have',
      { 'controller.quorum.voters': '7@localhost:1' },
      'broker,controller',
      /does not name node 0/,
    ],
  ])('are refused with a line and the next step for %s', async (_, settings, roles, told) => {
    const { exitCode, all } = await node(0, roles, settings as Record<string, string>)
    expect([exitCode, all]).toEqual([1, expect.stringMatching(told)])
  })
})
