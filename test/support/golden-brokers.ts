import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { silentLog } from '../../src/base/log.js'
import type { Tool } from '../../src/cli/tool.js'
import { foreignTool } from './foreign-tool.js'
import type { NodeAct } from './golden-file.js'
import { freePortRow } from './port-row.js'

/** A broker that knows nothing yet, for one transcript. */
export interface GoldenBroker {
  /** One address, or those of all nodes, divided by commas. */
  readonly bootstrap: string
  readonly directory: string
  /** Kafka's own tool of that name, for what klog's cannot do; null where there is none. */
  foreignTool(program: string): Tool | null
  /** Stops, kills or starts the node of that id; null where there is but one. */
  readonly act: ((how: NodeAct, id: number) => Promise<void>) | null
  /** Where the controllers of several nodes listen, by id; empty where there is but one. */
  readonly controllers: readonly string[]
  close(): Promise<void>
}

/** @param settings `name=value`, on top of the defaults. */
export type StartBroker = (settings: readonly string[], nodes: number) => Promise<GoldenBroker>

/** The ports of a cluster's nodes lie so far apart. */
const PORT_STEP = 10

export const startKlog: StartBroker = async (settings, nodes) => {
  if (nodes > 1) return startKlogCluster(settings, nodes)
  const { startBroker } = await import('../../src/index.js')
  const directory = mkdtempSync(join(tmpdir(), 'klog-golden-'))
  const port = await freePortRow(2)
  const broker = await startBroker({
    directory: join(directory, 'data'),
    settings: {
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1}`,
      'controller.listener.names': 'CONTROLLER',
      'controller.quorum.voters': `0@127.0.0.1:${port + 1}`,
      ...Object.fromEntries(settings.map(pair)),
    },
  })
  return {
    bootstrap: broker.bootstrapServers,
    directory,
    foreignTool: () => null,
    ...{ act: null, controllers: [] },
    close: async () => {
      await broker.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function startKlogCluster(settings: readonly string[], nodes: number): Promise<GoldenBroker> {
  const { clusterInProcess } = await import('../../src/cluster-in-process.js')
  const directory = mkdtempSync(join(tmpdir(), 'klog-golden-'))
  const cluster = await clusterInProcess({
    ...{ count: nodes, directory, log: silentLog },
    settings: settings.map(pair),
    directoryOf: (id) => join(directory, `node-${id}`, 'data'),
  })
  return {
    bootstrap: cluster.bootstrapServers,
    directory,
    foreignTool: () => null,
    act: async (how, id) => void (await cluster[how](id, true)),
    controllers: cluster.brokers.map(({ seat }) => `127.0.0.1:${seat.controllerPort}`),
    close: async () => {
      await cluster.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/**
 * Apache Kafka itself, by a launcher that understands `start DIRECTORY PORT name=value…`, `start-cluster DIRECTORY NODES PORT
 * name=value…`, `stop-node|kill-node|start-node DIRECTORY/node-N` and `kill DIRECTORY`; the port after that of each node is taken too.
 */
export function startKafka(launcher: string): StartBroker {
  const run = promisify(execFile)
  return async (settings, nodes) => {
    const directory = join(mkdtempSync(join(tmpdir(), 'klog-golden-')), 'broker')
    const port = await freePort()
    const env = { ...process.env, KAFKA_SERVER_HEAP: '-Xmx512M -Xms256M' }
    const start = nodes > 1 ? ['start-cluster', directory, String(nodes)] : ['start', directory]
    await run(launcher, [...start, String(port), ...settings], { env })
    const addresses = Array.from({ length: nodes }, (_, node) => `127.0.0.1:${port + node * PORT_STEP}`)
    return {
      bootstrap: addresses.join(','),
      directory,
      foreignTool: (program) => foreignTool(launcher, program),
      act:
        nodes === 1 ? null : (how, id) => run(launcher, [`${how}-node`, join(directory, `node-${id}`)]).then(() => {}),
      controllers: nodes === 1 ? [] : addresses.map((address) => nextPort(address)),
      close: async () => {
        await run(launcher, ['kill', directory])
        rmSync(join(directory, '..'), { recursive: true, force: true })
      },
    }
  }
}

function nextPort(address: string): string {
  const colon = address.lastIndexOf(':')
  return `${address.slice(0, colon)}:${Number(address.slice(colon + 1)) + 1}`
}

function pair(setting: string): [string, string] {
  const equals = setting.indexOf('=')
  return [setting.slice(0, equals), setting.slice(equals + 1)]
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
