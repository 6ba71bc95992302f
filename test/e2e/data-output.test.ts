import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ownTools } from '../../src/cli/own-tools.js'
import { tools } from '../../src/cli/tools.js'
import { startBroker, type TestBroker } from '../../src/index.js'
import { runInMemory, type ToolRun } from '../support/memory-io.js'
import { misshapen } from '../support/shaped.js'
import { ToolSession } from '../support/tool-session.js'

const ALL = { ...tools, ...ownTools }
const GOLDEN = join(import.meta.dirname, '../golden/log/data')
const FIRST = '00000000000000000000'
const FILES = {
  'delete.json': '{"partitions":[{"topic":"payments","partition":0,"offset":1}],"version":1}',
  'topics.json': '{"version":1,"topics":[{"topic":"orders"}]}',
  'plan.json': '{"version":1,"partitions":[{"topic":"orders","partition":0,"replicas":[0]}]}',
}
/** That a topic is not there yet, and what e2e-latency tells on the way. */
const REMARKS = /^(?:.*(?:UNKNOWN_TOPIC|LEADER_NOT_AVAILABLE).*|Processed a total of .*|\d+\t[\d.]+)\n/gm

let broker: TestBroker
let member: ToolSession
let directory: string
beforeAll(async () => {
  broker = await startBroker()
  directory = mkdtempSync(join(tmpdir(), 'klog-data-'))
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(directory, name), text)
  writeFileSync(
    join(directory, 'server.properties'),
    `node.id=0\nprocess.roles=broker\ncontroller.listener.names=CONTROLLER\ncontroller.quorum.bootstrap.servers=localhost:9093\nlog.dirs=${broker.directory}\n`,
  )
  await run('topics', ['--create', '--topic', 'orders', '--partitions', '2', '--config', 'retention.ms=1000000'])
  await run(
    'console-producer',
    ['--topic', 'orders', '--input', 'json'],
    '{"value":"a","partition":0}\n{"value":"b","partition":0}\n',
  )
  const transaction = ['--num-records', '5', '--record-size', '5', '--throughput', '-1', '--transactional-id', 'pay-1']
  await run('producer-perf-test', ['--topic', 'payments', ...transaction])
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
  rmSync(directory, { recursive: true, force: true })
})

async function run(name: string, args: readonly string[], stdin = ''): Promise<ToolRun> {
  const tool = await ALL[name as keyof typeof ALL]!()
  return await runInMemory(tool, args, { stdin, directory, localBroker: broker.bootstrapServers })
}

async function json(name: string, args: readonly string[], isLines = false): Promise<unknown> {
  const { exit, out, err } = await run(name, [...args, '--output', 'json'])
  expect({ exit, err: err.replace(REMARKS, '') }).toEqual({
    exit: 0,
    err: '',
  })
  if (!isLines) return JSON.parse(out)
  return out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

/** A command line, the shape of what it prints as the tool's help calls it, and what is there among other things. */
const PRINTED: readonly (readonly [line: string, when: string, part: object | null])[] = [
  ['topics --list --exclude-internal', '--list', { name: 'orders', isInternal: false, partitionCount: 2 }],
  ['topics --describe --topic orders', '--describe', { name: 'orders', replicationFactor: 1 }],
  ['consumer-groups --list', '--list', { group: 'billing', type: 'Classic', state: 'Empty' }],
  ['consumer-groups --describe --group shop', '--describe', { group: 'shop', topic: 'orders', logEndOffset: 2 }],
  ['consumer-groups --describe --group shop --members', '--describe --members', { group: 'shop', host: '127.0.0.1' }],
  [
    'consumer-groups --describe --group shop --state',
    '--describe --state',
    { group: 'shop', state: 'Stable', members: 1 },
  ],
  [
    'consumer-groups --reset-offsets --group billing --all-topics --to-earliest --dry-run',
    '--reset-offsets',
    { group: 'billing', topic: 'orders', partition: 0, newOffset: 0 },
  ],
  [
    'consumer-groups --delete-offsets --group billing --topic orders:1',
    '--delete-offsets',
    { group: 'billing', topic: 'orders', partition: 1, error: null },
  ],
  ['consumer-groups --delete --group billing', '--delete', { group: 'billing', error: null }],
  ['configs --describe --topic orders', '--describe', { entityType: 'topics', name: 'retention.ms', value: '1000000' }],
  ['configs --describe --broker 0 --all', '--describe', { entity: '0', name: 'broker.id', value: '0' }],
  [
    'configs --describe --user ada',
    '--describe, of users, clients and ips',
    { entity: { user: 'ada' }, quotas: { producer_byte_rate: 1000 } },
  ],
  ['log-dirs --describe --topic-list orders', '', { broker: 0, error: null }],
  ['broker-api-versions', '', { broker: 0, error: null }],
  ['cluster cluster-id', 'cluster-id', { clusterId: expect.stringMatching(/^[\w-]{22}$/) }],
  ['cluster list-endpoints', 'list-endpoints', { id: 0, isFenced: false, rack: null }],
  ['get-offsets --topic orders', '', { topic: 'orders', partition: 0, offset: 2 }],
  ['groups --list', '', { group: 'shop', type: 'Classic', state: 'Stable', protocol: 'consumer' }],
  ['console-consumer --topic orders --partition 0 --from-beginning --max-messages 1', '', { offset: 0, value: 'a' }],
  ['cat orders --partition 0', '', { topic: 'orders', offset: 1, value: 'b' }],
  ['lag --group shop', '', { group: 'shop', topic: 'orders' }],
  ['wait topic orders', '', null],
  ['features describe', 'describe', { feature: 'metadata.version', release: expect.stringMatching(/^4\./) }],
  ['features version-mapping --release-version 4.0', 'version-mapping', { feature: 'transaction.version', level: 2 }],
  [
    'features feature-dependencies --feature group.version=1',
    'feature-dependencies',
    { feature: 'group.version', level: 1, requires: [] },
  ],
  ['storage version-mapping', 'version-mapping', { feature: 'kraft.version' }],
  [
    'storage feature-dependencies --feature transaction.version=2',
    'feature-dependencies',
    { feature: 'transaction.version', level: 2 },
  ],
  ['storage random-uuid', 'random-uuid', { uuid: expect.stringMatching(/^[\w-]{22}$/) }],
  [
    'storage info --config server.properties',
    'info',
    { metadata: expect.objectContaining({ 'node.id': '0' }), problems: [] },
  ],
  ['metadata-quorum describe --status', 'describe --status', { leaderId: 0, maxFollowerLag: 0 }],
  ['metadata-quorum describe --replication', 'describe --replication', { nodeId: 0, lag: 0, status: 'Leader' }],
  [
    'delete-records --offset-json-file delete.json',
    '',
    { topic: 'payments', partition: 0, lowWatermark: 1, error: null },
  ],
  ['transactions list', 'list', { transactionalId: 'pay-1', producerId: expect.any(Number), coordinator: 0 }],
  [
    'transactions describe --transactional-id pay-1',
    'describe',
    { transactionalId: 'pay-1', state: 'CompleteCommit', timeoutMs: 60_000 },
  ],
  [
    'transactions describe-producers --topic payments --partition 0',
    'describe-producers',
    { transactionStartOffset: null },
  ],
  ['transactions find-hanging --topic payments', 'find-hanging', null],
  [
    'leader-election --election-type preferred --topic orders --partition 0',
    '',
    { topic: 'orders', outcome: 'not needed' },
  ],
  [
    'reassign-partitions --generate --topics-to-move-json-file topics.json --broker-list 0',
    '--generate, what --execute takes as a file',
    {
      version: 1,
      partitions: [
        { topic: 'orders', partition: 0, replicas: [0], log_dirs: ['any'], currentReplicas: [0] },
        { topic: 'orders', partition: 1, replicas: [0], log_dirs: ['any'], currentReplicas: [0] },
      ],
    },
  ],
  [
    'reassign-partitions --verify --preserve-throttles --reassignment-json-file plan.json',
    '--verify',
    {
      partitions: [{ topic: 'orders', partition: 0, state: 'completed', replicas: [0], wanted: [0] }],
      directories: [],
    },
  ],
  ['reassign-partitions --list', '--list', null],
  [
    'producer-perf-test --topic numbers --num-records 50 --record-size 10 --throughput -1',
    '',
    { isSteadyState: false, records: 50, recordsPerSecond: expect.any(Number) },
  ],
  [
    'consumer-perf-test --topic numbers --num-records 50 --timeout 20000',
    '',
    { records: 50, bytes: 500, isComplete: true },
  ],
  ['e2e-latency --topic numbers --num-records 3 --producer-acks 1 --record-size 10', '', { records: 3 }],
  [
    `dump-log --files ${GOLDEN}/txn-0/${FIRST}.log --print-data-log`,
    '.log and .checkpoint, a row for each batch',
    { baseOffset: 0, compression: 'none', isValid: true },
  ],
  [
    `dump-log --files ${GOLDEN}/__consumer_offsets-0/${FIRST}.log --offsets-decoder`,
    '.log and .checkpoint, a row for each batch',
    { baseOffset: 0, isControl: false },
  ],
  [`dump-log --files ${GOLDEN}/segments-0/${FIRST}.index`, '.index', { offset: expect.any(Number) }],
  [`dump-log --files ${GOLDEN}/segments-0/${FIRST}.timeindex`, '.timeindex', { timestamp: expect.any(Number) }],
  [
    `dump-log --files ${GOLDEN}/txn-0/${FIRST}.txnindex`,
    '.txnindex, a row for each aborted transaction',
    { producerId: expect.any(Number) },
  ],
  [
    `dump-log --files ${GOLDEN}/txn-0/00000000000000000024.snapshot`,
    '.snapshot, a row for each producer',
    { producerId: expect.any(Number), transactionStartOffset: null },
  ],
]

describe('--output json', () => {
  test.each(PRINTED)('%s has what its help promises', async (line, when, part) => {
    const [name = '', ...args] = line.split(' ')
    const tool = await ALL[name as keyof typeof ALL]!()
    const shape = tool.data.find((each) => each.when === when)!
    const printed = await json(name, args, shape.isLines)
    expect(misshapen(shape, printed)).toEqual([])
    if (part === null) return
    expect(printed).toEqual(
      shape.isSingle ? expect.objectContaining(part) : expect.arrayContaining([expect.objectContaining(part)]),
    )
  })

  test('every shape that a help tells of is printed above', async () => {
    const loaded = await Promise.all(Object.values(ALL).map((load) => load()))
    const told = loaded.flatMap(({ name, data }) => data.map(({ when }) => `${name}: ${when}`))
    const printed = new Set(PRINTED.map(([line, when]) => `${line.split(' ')[0]}: ${when}`))
    expect(told.filter((each) => !printed.has(each))).toEqual([])
  })

  test('a tool prints no data only where its output is JSON anyway, or for the shell', async () => {
    const loaded = await Promise.all(Object.values(ALL).map((load) => load()))
    const without = loaded.filter(({ data }) => data.length === 0).map(({ name }) => name)
    const known = ['completion', 'console-producer', 'verifiable-consumer', 'verifiable-producer']
    expect(without.filter((name) => !known.includes(name))).toEqual([])
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
  expect(await runInMemory(tool, ['--list', '--output', 'xml'], { localBroker: '127.0.0.1:1' })).toEqual({
    exit: 1,
    out: '',
    err: 'klog: --output xml: there is no such format\nklog: formats are json, yaml, table\n',
  })
})
