import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KlogHome } from '../support/klog-home.js'

let home: KlogHome
beforeAll(async () => {
  home = await KlogHome.make()
})
afterAll(() => home.dispose())

test('klog broker check looks beside a broker that runs, and at what one has left; it names damage and exits with 1', async () => {
  await home.klog(['broker', 'start'])
  const bootstrap = ['--bootstrap-server', `localhost:${home.port}`]
  await home.klog(['console-producer', '--topic', 'orders', ...bootstrap], { input: 'first\nsecond\n' })
  const online = await home.klog(['broker', 'check'])
  expect([online.exitCode, online.stdout]).toEqual([0, expect.stringContaining('nothing is wrong')])
  await home.klog(['broker', 'stop'])
  const offline = await home.klog(['broker', 'check', '--output', 'json'])
  expect([offline.exitCode, JSON.parse(String(offline.stdout)).findings]).toEqual([0, []])

  const segment = join(home.directory, 'data/orders-0/00000000000000000000.log')
  const bytes = readFileSync(segment)
  bytes[bytes.indexOf('first')]! ^= 1
  writeFileSync(segment, bytes)
  const damaged = await home.klog(['broker', 'check', '--data', join(home.directory, 'data')])
  expect(damaged.exitCode).toBe(1)
  expect(String(damaged.stdout).split('\n')[0]).toBe(`${segment}: offset 0, position 0: its checksum is another`)

  const nowhere = await home.klog(['broker', 'check', '--data', '/nowhere'])
  expect([nowhere.exitCode, nowhere.stderr]).toEqual([1, expect.stringContaining('there is no /nowhere')])
}, 60_000)
