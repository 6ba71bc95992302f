import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { clusterTool } from '../../src/cli/cluster/tool.js'
import { featuresTool } from '../../src/cli/features/tool.js'
import { storageTool } from '../../src/cli/storage/tool.js'
import { startBroker, type TestBroker } from '../../src/index.js'
import { runInMemory } from '../support/memory-io.js'

const ID = '4L6g3nShT-eMCtK--X86sw'
const directory = mkdtempSync(join(tmpdir(), 'klog-formatted-'))
let broker: TestBroker | null = null
afterEach(async () => {
  await broker?.close()
  rmSync(directory, { recursive: true, force: true })
})

test('a broker opens a directory that was formatted, with its cluster id and its levels', async () => {
  const lines = [
    'process.roles=broker,controller',
    'node.id=0',
    'controller.quorum.bootstrap.servers=127.0.0.1:9093',
    'controller.listener.names=CONTROLLER',
    'listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093',
    `log.dirs=${join(directory, 'data')}`,
  ]
  writeFileSync(join(directory, 'server.properties'), lines.join('\n'))
  const args = ['format', '-t', ID, '-c', 'server.properties', '--no-initial-controllers', '-r', '4.0']
  expect(await runInMemory(storageTool, args, { directory })).toMatchObject({ exit: 0, err: '' })

  broker = await startBroker({ directory: join(directory, 'data') })
  const bootstrap = ['--bootstrap-server', broker.bootstrapServers]
  const id = await runInMemory(clusterTool, ['cluster-id', ...bootstrap])
  expect(id.out).toBe(`Cluster ID: ${ID}\n`)
  const features = await runInMemory(featuresTool, [...bootstrap, 'describe'])
  expect(features.out).toMatch(/metadata\.version .* FinalizedVersionLevel: 4\.0-IV3 /)
})
