import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { residentBytes } from '../../src/cli/local/process.js'
import { KillableBroker } from '../crash/killable-broker.js'
import { FLOODS } from './floods.js'
import { watchNeighbour } from './neighbour.js'

const COUNT = 80
/** 320 MB are asked for by those who do not read, of which so much may be held; the rest is room for what is not collected yet. */
const GROWTH_BYTES_MAX = 550e6
/** On a machine that is busy with other tests. */
const NEIGHBOUR_MS_MAX = 10_000

let directory: string
let broker: KillableBroker
const reported: string[] = []

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'klog-flood-'))
  const settings = new Map([['group.initial.rebalance.delay.ms', '0']])
  broker = await KillableBroker.make(directory, settings, (line) => reported.push(line))
  await broker.start()
})
afterAll(async () => {
  await broker.end('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

test('whatever comes in masses, memory stays bounded and others are answered', async () => {
  const before = residentBytes(broker.pid!)
  const neighbour = await watchNeighbour(broker.port)
  for (const { begin } of FLOODS) (await begin(broker.port, COUNT))()
  const after = residentBytes(broker.pid!)
  expect(await neighbour()).toBeLessThan(NEIGHBOUR_MS_MAX)
  expect(reported).toEqual([])
  if (before !== null) expect(after! - before).toBeLessThan(GROWTH_BYTES_MAX)
}, 60_000)
