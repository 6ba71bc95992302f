import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from './base/clock.js'
import { lineLog, silentLog } from './base/log.js'
import { systemRandom } from './base/random.js'
import { UserError } from './base/user-error.js'
import { VirtualClock } from './base/virtual-clock.js'
import { clusterInProcess } from './cluster-in-process.js'
import { type Daemon, startDaemon } from './daemon.js'

export interface BrokerOptions {
  /** Where it listens on 127.0.0.1; 0, which is the default, takes a free port. */
  port?: number
  /** Where it keeps its data; a temporary directory that goes with `close()` if left out. */
  directory?: string
  /** Broker settings by Kafka's names, e.g. `{ 'num.partitions': 3 }`. */
  settings?: Record<string, string | number | boolean>
  /** Gives it a clock of its own, which `advanceTime` moves. */
  virtualTime?: boolean
  /** Takes the lines of the broker's log, each with its line feed; they are dropped if left out. */
  log?: (line: string) => void
}

/** A Kafka broker inside this process. */
export interface TestBroker {
  readonly host: string
  readonly port: number
  /** `host:port`, as clients want it. */
  readonly bootstrapServers: string
  readonly directory: string
  /**
   * Moves the broker's time ahead: timestamps that it gives, retention, timeouts of sessions and transactions, and whatever
   * expires. Resolves when everything that fell due has run. A restart begins at the real time again.
   *
   * @throws when the broker was started without `virtualTime`, or does not run.
   */
  advanceTime(ms: number): Promise<void>
  /** Stops in order. A temporary directory is deleted. */
  close(): Promise<void>
  /** Stops as a power cut would: nothing is flushed, connections drop. `restart()` brings it back. */
  kill(): Promise<void>
  /** Stops in order if it runs, and starts again on the same port and data. */
  restart(): Promise<void>
}

/**
 * Starts a Kafka broker for a test: on a free port, in a temporary directory, in a few tens of milliseconds.
 *
 * @throws when a setting is invalid, the port is in use or the directory cannot be written.
 */
export async function startBroker(options: BrokerOptions = {}): Promise<TestBroker> {
  const temporary = options.directory === undefined ? mkdtempSync(join(tmpdir(), 'klog-')) : null
  const directory = options.directory ?? temporary!
  const start = (port: number): Promise<Daemon> =>
    startDaemon({
      settings: settingsOf(options, directory, port),
      clusterId: null,
      clock: systemClock,
      hasVirtualTime: options.virtualTime === true,
      random: systemRandom,
      log: options.log === undefined ? silentLog : lineLog(options.log, systemClock),
    })
  const removeTemporary = (): void => {
    if (temporary !== null) rmSync(temporary, { recursive: true, force: true })
  }
  let daemon: Daemon | null
  try {
    daemon = await start(options.port ?? 0)
  } catch (error) {
    removeTemporary()
    throw error
  }
  const { host, port } = daemon
  const end = async (how: 'close' | 'kill'): Promise<void> => {
    const running = daemon
    daemon = null
    await running?.[how]()
  }
  return {
    host,
    port,
    bootstrapServers: `${host}:${port}`,
    directory,
    advanceTime: async (ms) => {
      const time = daemon?.controlled.time ?? null
      if (time === null) throw new UserError('the broker has no virtual time', 'startBroker({ virtualTime: true })')
      await advance(time, ms)
    },
    close: async () => {
      await end('close')
      removeTemporary()
    },
    kill: () => end('kill'),
    restart: async () => {
      await end('close')
      daemon = await start(port)
    },
  }
}

export interface ClusterOptions {
  /** How many; 3 if left out. All of them vote. */
  brokers?: number
  /** Where they keep their data, each in a directory of its own; a temporary one that goes with `close()` if left out. */
  directory?: string
  /** Settings of every broker by Kafka's names. */
  settings?: Record<string, string | number | boolean>
  /** Takes the lines of the brokers' logs, each with its line feed; they are dropped if left out. */
  log?: (line: string) => void
  /** Gives them a clock in common that `advanceTime` moves. */
  virtualTime?: boolean
}

/** One broker of a cluster inside this process. */
export interface ClusterBroker {
  readonly id: number
  readonly host: string
  readonly port: number
  /** As a power cut: nothing is flushed, connections drop. */
  kill(): Promise<void>
  /** In order: others lead before it is gone. */
  stop(): Promise<void>
  /** Brings it back on the same port and data; resolves when it serves, or waits for a majority of the others. */
  start(): Promise<void>
  /** It stands still until `resume()`, as in a long garbage collection. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** What it fetches as a follower is so much later from now on; 0 ends that. */
  lag(ms: number): Promise<void>
  /** The network between it and the brokers of these ids is cut, both ways, until the cluster's `heal()`. */
  cutFrom(...ids: number[]): Promise<void>
}

/** A Kafka cluster inside this process. */
export interface TestCluster {
  /** `host:port` of all brokers, divided by commas, as clients want it. */
  readonly bootstrapServers: string
  readonly directory: string
  /** By id, from 0 on. */
  readonly brokers: readonly ClusterBroker[]
  /** Id of the broker that leads the controllers; null while none is elected. */
  controllerId(): Promise<number | null>
  /** Ends every cut of the network. */
  heal(): Promise<void>
  /**
   * Moves the time of all brokers ahead, as of a single one; that they notice one another goes on in real time.
   *
   * @throws when the cluster was started without `virtualTime`.
   */
  advanceTime(ms: number): Promise<void>
  /** Stops all in order. A temporary directory is deleted. */
  close(): Promise<void>
}

/**
 * Starts a Kafka cluster for a test: on free ports of 127.0.0.1, each broker in a directory of its own, in less than a second. A
 * broker that dies is noticed within two seconds; `broker.session.timeout.ms` and the others can be set as in Kafka.
 *
 * @throws when a setting is invalid or the directory cannot be written.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const temporary = options.directory === undefined ? mkdtempSync(join(tmpdir(), 'klog-')) : null
  const directory = options.directory ?? temporary!
  const removeTemporary = (): void => {
    if (temporary !== null) rmSync(temporary, { recursive: true, force: true })
  }
  const time = options.virtualTime === true ? new VirtualClock(systemClock) : null
  try {
    const cluster = await clusterInProcess({
      sharedTime: time,
      count: options.brokers ?? 3,
      directory,
      settings: textsOf(options.settings),
      log: options.log === undefined ? silentLog : lineLog(options.log, systemClock),
    })
    return {
      bootstrapServers: cluster.bootstrapServers,
      directory,
      brokers: cluster.members.map(({ id, host, port }) => ({
        ...{ id, host, port },
        kill: () => cluster.kill(id),
        stop: () => cluster.stop(id, true),
        start: () => cluster.start(id).then(() => {}),
        pause: () => cluster.pause(id, true),
        resume: () => cluster.resume(id),
        lag: (ms) => cluster.lag(id, ms),
        cutFrom: (...ids) => cluster.cut(id, ids, true),
      })),
      controllerId: async () => (await cluster.status()).leaderId,
      heal: () => cluster.heal(),
      advanceTime: async (ms) => {
        if (time === null) throw new UserError('the cluster has no virtual time', 'startCluster({ virtualTime: true })')
        await advance(time, ms)
      },
      close: async () => {
        await cluster.close()
        removeTemporary()
      },
    }
  } catch (error) {
    removeTemporary()
    throw error
  }
}

async function advance(time: VirtualClock, ms: number): Promise<void> {
  if (!(ms >= 0)) throw new UserError(`time cannot be moved by ${ms} milliseconds`)
  await time.advance(ms)
}

function textsOf(settings: BrokerOptions['settings'] = {}): [string, string][] {
  return Object.entries(settings).map(([name, value]) => [name, String(value)])
}

function settingsOf(options: BrokerOptions, directory: string, port: number): Map<string, string> {
  return new Map([
    ['listeners', `PLAINTEXT://127.0.0.1:${port}`],
    ['log.dirs', directory],
    ...textsOf(options.settings),
  ])
}
