import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/base/clock.js'
import { type Log, silentLog } from '../../src/base/log.js'
import { systemRandom } from '../../src/base/random.js'
import type { VirtualClock } from '../../src/base/virtual-clock.js'
import { type Daemon, startDaemon } from '../../src/daemon.js'
import { noticesHangUps } from '../../src/local/seat.js'

/** Short enough for tests; Kafka's are made for networks. */
const FAST = {
  'broker.heartbeat.interval.ms': '100',
  'broker.session.timeout.ms': '1000',
  'replica.fetch.wait.max.ms': '100',
  'controller.quorum.election.timeout.ms': '200',
  'controller.quorum.fetch.timeout.ms': '600',
  'controller.quorum.election.backoff.max.ms': '200',
  'offsets.topic.replication.factor': '3',
  'offsets.topic.num.partitions': '5',
  'transaction.state.log.replication.factor': '3',
  'transaction.state.log.num.partitions': '5',
}

/** Brokers 0, 1, 2 … in this process, on free ports, each with a directory of its own; all of them vote. */
export class TestCluster {
  readonly daemons: (Daemon | null)[] = []
  readonly ports: { readonly client: number; readonly controller: number }[] = []

  private constructor(
    readonly directory: string,
    readonly settings: Readonly<Record<string, string>>,
    readonly log: Log,
    readonly sharedTime: VirtualClock | null,
  ) {}

  static async start(
    count: number,
    settings: Readonly<Record<string, string>> = {},
    log = silentLog,
    sharedTime: VirtualClock | null = null,
  ) {
    const cluster = new TestCluster(mkdtempSync(join(tmpdir(), 'klog-cluster-')), settings, log, sharedTime)
    for (let id = 0; id < count; id++) {
      cluster.ports.push({ client: await freePort(), controller: await freePort() })
      cluster.daemons.push(null)
    }
    await Promise.all(cluster.ports.map((_, id) => cluster.startBroker(id)))
    return cluster
  }

  get bootstrap(): string {
    return this.ports.map(({ client }) => `127.0.0.1:${client}`).join(',')
  }

  daemon(id: number): Daemon {
    const daemon = this.daemons[id]
    if (daemon == null) throw new Error(`broker ${id} does not run`)
    return daemon
  }

  async startBroker(id: number): Promise<void> {
    const { client, controller } = this.ports[id]!
    const voters = this.ports.map((port, voter) => `${voter}@127.0.0.1:${port.controller}`)
    const settings = {
      ...FAST,
      ...this.settings,
      'node.id': String(id),
      'log.dirs': join(this.directory, String(id)),
      'process.roles': 'broker,controller',
      listeners: `PLAINTEXT://127.0.0.1:${client},CONTROLLER://127.0.0.1:${controller}`,
      'controller.listener.names': 'CONTROLLER',
      'controller.quorum.voters': voters.join(','),
    }
    this.daemons[id] = await startDaemon({
      settings: new Map(Object.entries(settings)),
      clusterId: null,
      clock: systemClock,
      random: systemRandom,
      log: this.log,
      sharedTime: this.sharedTime,
      noticesHangUps: noticesHangUps(Object.entries(this.settings)),
    })
  }

  /** As a power cut would. */
  async kill(id: number): Promise<void> {
    const daemon = this.daemon(id)
    this.daemons[id] = null
    await daemon.kill()
  }

  /** In order: others lead before it is gone. */
  async stop(id: number): Promise<void> {
    const daemon = this.daemon(id)
    this.daemons[id] = null
    await daemon.close()
  }

  async close(): Promise<void> {
    await Promise.all(this.daemons.map((daemon) => daemon?.kill()))
    rmSync(this.directory, { recursive: true, force: true })
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
