import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { API_VERSIONS } from '../../src/cli/broker-api-versions/data.js'
import { CONFIGS, QUOTAS } from '../../src/cli/configs/data.js'
import { GROUP_LIST, GROUP_MEMBERS, GROUP_OFFSETS, GROUP_STATES } from '../../src/cli/consumer-groups/data.js'
import type { Shape } from '../../src/cli/data/shape.js'
import { LOG_DIRECTORIES } from '../../src/cli/log-dirs/data.js'
import { tools } from '../../src/cli/tools.js'
import { TOPIC_DESCRIPTIONS, TOPIC_LIST } from '../../src/cli/topics/data.js'
import { startBroker, type TestBroker } from '../../src/index.js'
import { runInMemory, type ToolRun } from '../support/memory-io.js'
import { misshapen } from '../support/shaped.js'
import { ToolSession } from '../support/tool-session.js'

let broker: TestBroker
let member: ToolSession
beforeAll(async () => {
  broker = await startBroker()
  await run('topics', ['--create', '--topic', 'orders', '--partitions', '2', '--config', 'retention.ms=1000000'])
  await run(
    'console-producer',
    ['--topic', 'orders', '--input', 'json'],
    '{"value":"a","partition":0}\n{"value":"b","partition":0}\n',
  )
  const group = ['--topic', 'orders', '--group', 'billing']
  await run('console-consumer', [...group, '--from-beginning', '--max-messages', '1'])
  await run('configs', ['--alter', '--user', 'ada', '--add-config', 'producer_byte_rate=1000'])
  member = new ToolSession('console-consumer', [
    '--topic',
    'orders',
    '--group',
    'shop',
    '--from-beginning',
    '--bootstrap-server',
    broker.bootstrapServers,
  ])
  await vi.waitFor(() => expect(member.lines).toHaveLength(2), { timeout: 20_000 })
})
afterAll(async () => {
  await member.end()
  await broker.close()
})

async function run(name: string, args: readonly string[], stdin = ''): Promise<ToolRun> {
  const tool = await tools[name]!()
  return await runInMemory(tool, [...args, '--bootstrap-server', broker.bootstrapServers], { stdin })
}

async function json(name: string, args: readonly string[]): Promise<unknown> {
  const { exit, out, err } = await run(name, [...args, '--output', 'json'])
  expect({ exit, err }).toEqual({ exit: 0, err: '' })
  return JSON.parse(out)
}

describe('--output json', () => {
  test.each<[string, string[], Shape, unknown]>([
    ['topics', ['--list', '--exclude-internal'], TOPIC_LIST, { name: 'orders', isInternal: false, partitionCount: 2 }],
    ['topics', ['--describe', '--topic', 'orders'], TOPIC_DESCRIPTIONS, { name: 'orders', replicationFactor: 1 }],
    ['consumer-groups', ['--list'], GROUP_LIST, { group: 'billing', type: 'Classic', state: 'Empty' }],
    [
      'consumer-groups',
      ['--describe', '--group', 'shop'],
      GROUP_OFFSETS,
      { group: 'shop', topic: 'orders', logEndOffset: 2 },
    ],
    [
      'consumer-groups',
      ['--describe', '--group', 'shop', '--members'],
      GROUP_MEMBERS,
      { group: 'shop', host: '127.0.0.1' },
    ],
    [
      'consumer-groups',
      ['--describe', '--group', 'shop', '--state'],
      GROUP_STATES,
      { group: 'shop', state: 'Stable', members: 1 },
    ],
    [
      'configs',
      ['--describe', '--topic', 'orders'],
      CONFIGS,
      { entityType: 'topics', name: 'retention.ms', value: '1000000' },
    ],
    ['configs', ['--describe', '--broker', '0', '--all'], CONFIGS, { entity: '0', name: 'broker.id', value: '0' }],
    [
      'configs',
      ['--describe', '--user', 'ada'],
      QUOTAS,
      { entity: { user: 'ada' }, quotas: { producer_byte_rate: 1000 } },
    ],
    ['log-dirs', ['--describe', '--topic-list', 'orders'], LOG_DIRECTORIES, { broker: 0, error: null }],
    ['broker-api-versions', [], API_VERSIONS, { broker: 0, error: null }],
  ])('%s %j has what its help promises', async (name, args, shape, part) => {
    const rows = await json(name, args)
    expect(misshapen(shape, rows)).toEqual([])
    expect(rows).toEqual(expect.arrayContaining([expect.objectContaining(part as object)]))
  })

  test('of get-offsets and groups are rows too', async () => {
    expect(await json('get-offsets', ['--topic', 'orders'])).toEqual([
      { topic: 'orders', partition: 0, offset: 2 },
      { topic: 'orders', partition: 1, offset: 0 },
    ])
    expect(await json('groups', ['--list'])).toContainEqual({
      group: 'shop',
      type: 'Classic',
      state: 'Stable',
      protocol: 'consumer',
    })
  })

  test('of the cluster is its id, and its addresses', async () => {
    expect(await json('cluster', ['cluster-id'])).toEqual({ clusterId: expect.stringMatching(/^[\w-]{22}$/) })
    expect(await json('cluster', ['list-endpoints'])).toMatchObject([{ id: 0, isFenced: false, rack: null }])
  })

  test('a group that is not there is told on stderr, with exit code 1', async () => {
    const { exit, out, err } = await run('consumer-groups', ['--describe', '--group', 'nobody', '--output', 'json'])
    expect({ exit, out }).toEqual({ exit: 1, out: '' })
    expect(err).toContain('Group nobody not found')
  })

  test('a topic that is not there is told on stderr, with exit code 1', async () => {
    const run1 = await run('topics', ['--describe', '--topic', 'nothing', '--output', 'json'])
    expect(run1).toMatchObject({ exit: 1, out: '' })
    expect(run1.err).toContain("Topic 'nothing' does not exist as expected")
  })

  test('goes with what prints data only', async () => {
    const { exit, err } = await run('topics', ['--create', '--topic', 'x', '--output', 'json'])
    expect(exit).toBe(1)
    expect(err).toContain('Option(s) [output] are unavailable given other options on the command line')
  })
})

test('--output yaml and table say the same', async () => {
  const args = ['--topic', 'orders', '--output']
  expect((await run('get-offsets', [...args, 'yaml'])).out).toBe(
    '- topic: orders\n  partition: 0\n  offset: 2\n- topic: orders\n  partition: 1\n  offset: 0\n',
  )
  expect((await run('get-offsets', [...args, 'table'])).out).toBe(
    'TOPIC   PARTITION  OFFSET\norders          0       2\norders          1       0\n',
  )
})

test('a format that there is not is refused before a broker is asked', async () => {
  const tool = await tools.topics!()
  expect(await runInMemory(tool, ['--list', '--output', 'xml', '--bootstrap-server', '127.0.0.1:1'])).toEqual({
    exit: 1,
    out: '',
    err: 'klog: --output xml: there is no such format\nklog: formats are json, yaml, table\n',
  })
})
