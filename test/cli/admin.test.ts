import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Context } from '../../src/cli/context/choose.js'
import { topicsTool } from '../../src/cli/topics/tool.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { hurriedClock } from '../support/hurried-clock.js'
import { runInMemory } from '../support/memory-io.js'
import { ScriptedBroker } from '../support/scripted-broker.js'

let directory: string
let broker: ScriptedBroker
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'klog-admin-'))
  broker = await ScriptedBroker.start()
  broker.on(Metadata, () => ({ brokers: [], controllerId: 0, topics: [] }))
})
afterEach(async () => {
  rmSync(directory, { recursive: true })
  await broker.close()
})

const NOTHING = { exit: 0, out: '\n', err: '' }

test('a tool without --bootstrap-server talks to the local broker', async () => {
  expect(await runInMemory(topicsTool, ['--list'], { localBroker: broker.address })).toEqual(NOTHING)
})

test('a tool without --bootstrap-server talks to the brokers that its settings name', async () => {
  writeFileSync(join(directory, 'c.properties'), `bootstrap.servers=${broker.address}\nclient.id=me`)
  expect(await runInMemory(topicsTool, ['--list', '--command-config', 'c.properties'], { directory })).toEqual(NOTHING)
})

test('--bootstrap-server wins over the settings', async () => {
  writeFileSync(join(directory, 'c.properties'), 'bootstrap.servers=127.0.0.1:1')
  const args = ['--list', '--command-config', 'c.properties', '--bootstrap-server', broker.address]
  expect(await runInMemory(topicsTool, args, { directory })).toEqual(NOTHING)
})

test('a tool that is not to start a broker wants --bootstrap-server, as Kafka does', async () => {
  expect(await runInMemory(topicsTool, ['--list'], { env: { KLOG_NO_SPAWN: '1' } })).toEqual({
    exit: 1,
    out: '',
    err: '--bootstrap-server must be specified\n',
  })
})

test('an address where nobody answers is told once, before the wait', async () => {
  const run = await runInMemory(topicsTool, ['--list', '--bootstrap-server', '127.0.0.1:1'], {
    clock: hurriedClock(100),
  })
  expect(run).toEqual({
    exit: 1,
    out: 'Error while executing topic command : Timed out waiting for a node assignment. Call: listTopics\n',
    err: 'klog: nothing answers at 127.0.0.1:1; trying again for up to 60 s\n',
  })
})

test('what is wrong with an address is told beside Kafka’s own words', async () => {
  expect(await runInMemory(topicsTool, ['--list', '--bootstrap-server', 'foo'])).toEqual({
    exit: 1,
    out: '',
    err: 'klog: Invalid url in bootstrap.servers: foo\nFailed to create new KafkaAdminClient\n',
  })
})

test('a connection that klog cannot make is told with the next step', async () => {
  writeFileSync(join(directory, 'c.properties'), 'security.protocol=SASL_SSL')
  const args = ['--list', '--command-config', 'c.properties', '--bootstrap-server', broker.address]
  const run = await runInMemory(topicsTool, args, { directory })
  expect(run).toMatchObject({ exit: 1, out: '' })
  expect(run.err).toMatch(/^klog: security\.protocol=SASL_SSL: .*\nklog: Give --bootstrap-server/)
})

test('a tool without --bootstrap-server talks to the brokers of the context, also where it is to start none', async () => {
  const context: Context = {
    name: 'test',
    bootstrapServers: broker.address,
    properties: new Map([['client.id', 'me']]),
    isReadOnly: false,
    chosenBy: 'KLOG_CONTEXT',
  }
  expect(await runInMemory(topicsTool, ['--list'], { context, env: { KLOG_NO_SPAWN: '1' } })).toEqual(NOTHING)
})
