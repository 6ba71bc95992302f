import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reassignPartitionsTool } from '../../src/cli/reassign-partitions/tool.js'
import { topicsTool } from '../../src/cli/topics/tool.js'
import { startBroker, type TestBroker } from '../../src/index.js'
import { runInMemory, type ToolRun } from '../support/memory-io.js'

let broker: TestBroker
const directory = mkdtempSync(join(tmpdir(), 'klog-reassign-'))

beforeAll(async () => {
  broker = await startBroker()
  const args = ['--bootstrap-server', broker.bootstrapServers, '--create', '--topic', 'orders', '--partitions', '2']
  await runInMemory(topicsTool, args)
  const partitions = [1, 0].map((partition) => ({ topic: 'orders', partition, replicas: [0] }))
  writeFileSync(join(directory, 'plan.json'), JSON.stringify({ version: 1, partitions }))
  writeFileSync(join(directory, 'topics.json'), JSON.stringify({ topics: [{ topic: 'orders' }] }))
})
afterAll(async () => {
  await broker.close()
  rmSync(directory, { recursive: true, force: true })
})

async function run(...args: string[]): Promise<ToolRun> {
  return await runInMemory(reassignPartitionsTool, ['--bootstrap-server', broker.bootstrapServers, ...args], {
    directory,
  })
}

const PLAN = ['--reassignment-json-file', 'plan.json']

test('a plan that changes nothing is carried out, and completed at once', async () => {
  const { exit, out } = await run('--execute', ...PLAN)
  expect(exit).toBe(0)
  expect(out).toMatch(
    /^Current partition replica assignment\n\n\{"version":1,"partitions":\[\{"topic":"orders","partition":0,/,
  )
  expect(out).toMatch(/"replicas":\[0\],"log_dirs":\["\/[^"]+"\]/)
  expect(out).toMatch(/\nSuccessfully started partition reassignments for orders-0,orders-1\n$/)
  expect(await run('--verify', ...PLAN)).toEqual({
    exit: 0,
    out: [
      'Status of partition reassignment:',
      'Reassignment of partition orders-0 is completed.',
      'Reassignment of partition orders-1 is completed.',
      '',
      'Clearing broker-level throttles on broker 0',
      'Clearing topic-level throttles on topic orders',
      '',
    ].join('\n'),
    err: '',
  })
  expect((await run('--list')).out).toBe('No partition reassignments found.\n')
})

test('a throttle is set, and taken away when all is done', async () => {
  const { out } = await run('--execute', ...PLAN, '--throttle', '1000', '--replica-alter-log-dirs-throttle', '2000')
  expect(out).toContain('The inter-broker throttle limit was set to 1000 B/s\n')
  expect(out).toContain('The replica-alter-dir throttle limit was set to 2000 B/s\n')
  const describe = ['--bootstrap-server', broker.bootstrapServers, '--describe', '--topic', 'orders']
  expect((await runInMemory(topicsTool, describe)).out).toContain('leader.replication.throttled.replicas=0:0,1:0')
  await run('--verify', ...PLAN)
  expect((await runInMemory(topicsTool, describe)).out).not.toContain('throttled')
})

test('where nothing moves there is nothing to take back', async () => {
  const { exit, out } = await run('--cancel', ...PLAN)
  expect(exit).toBe(0)
  expect(out).toBe(
    'None of the specified partition reassignments are active.\nNone of the specified partition moves are active.Clearing broker-level throttles on broker 0\nClearing topic-level throttles on topic orders\n',
  )
})

test('one broker can be proposed for one replica only', async () => {
  const generate = ['--generate', '--topics-to-move-json-file', 'topics.json', '--broker-list']
  const { out } = await run(...generate, '0')
  const proposed = JSON.parse(out.split('\n').at(-2)!) as { partitions: { replicas: number[]; log_dirs: string[] }[] }
  expect(proposed.partitions.map(({ replicas, log_dirs }) => [replicas, log_dirs])).toEqual([
    [[0], ['any']],
    [[0], ['any']],
  ])
  expect(await run(...generate, '9')).toMatchObject({
    exit: 1,
    out: expect.stringMatching(
      /^Error: All brokers are currently fenced, or have all their log directories cordoned\./,
    ),
  })
})
