import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBroker, type TestBroker } from '../../src/index.js'
import { KlogHome } from '../support/klog-home.js'

let home: KlogHome
let broker: TestBroker
beforeAll(async () => {
  home = await KlogHome.make()
  broker = await startBroker()
})
afterAll(async () => {
  await broker.close()
  await home.dispose()
})

const klog = (args: string[], env: Record<string, string> = {}) =>
  home.klog(args, {
    env: { ...home.env, XDG_CONFIG_HOME: join(home.directory, 'config'), ...env },
    cwd: home.directory,
  })

test('a cluster with a name is used by name, by default and by the environment, and guarded when read-only', async () => {
  const servers = ['--bootstrap-server', broker.bootstrapServers]
  expect(await klog(['topics', '--create', '--topic', 'there', ...servers])).toMatchObject({ exitCode: 0 })
  expect(await klog(['context', 'set', 'test', ...servers, '--read-only'])).toMatchObject({ exitCode: 0 })
  expect(await klog(['topics', '--list', '--context', 'test'])).toMatchObject({ stdout: 'there', stderr: '' })
  expect(await klog(['topics', '--list'], { KLOG_CONTEXT: 'test', KLOG_NO_SPAWN: '1' })).toMatchObject({
    stdout: 'there',
  })
  expect(await klog(['topics', '--list'], { KLOG_BOOTSTRAP_SERVER: broker.bootstrapServers })).toMatchObject({
    stdout: 'there',
  })
  expect(await klog(['context', 'use', 'test'])).toMatchObject({ exitCode: 0 })
  expect(await klog(['topics', '--list'])).toMatchObject({ stdout: 'there' })

  const refused = await klog(['topics', '--create', '--topic', 'more'])
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toContain('klog: context test is read-only')
  expect(await klog(['topics', '--create', '--topic', 'more'], { KLOG_ALLOW_CHANGES: '1' })).toMatchObject({
    exitCode: 0,
  })

  const shown = await klog(['context', '--output', 'json'])
  expect(JSON.parse(`${shown.stdout}`)).toMatchObject([
    { name: 'local', isCurrent: false },
    { name: 'test', isCurrent: true },
  ])
  expect(await klog(['context', 'delete', 'test'])).toMatchObject({ exitCode: 0 })
  expect(await klog(['topics', '--list', '--context', 'test'])).toMatchObject({ exitCode: 1 })
  expect(await klog(['broker', 'status'])).toMatchObject({ exitCode: 1 })
})
