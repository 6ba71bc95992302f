import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from './base/clock.js'
import { lineLog, silentLog } from './base/log.js'
import { systemRandom } from './base/random.js'
import { UserError } from './base/user-error.js'
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
      if (!(ms >= 0)) throw new UserError(`time cannot be moved by ${ms} milliseconds`)
      await time.advance(ms)
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

function settingsOf(options: BrokerOptions, directory: string, port: number): Map<string, string> {
  const given = Object.entries(options.settings ?? {}).map(([name, value]) => [name, String(value)] as const)
  return new Map([['listeners', `PLAINTEXT://127.0.0.1:${port}`], ['log.dirs', directory], ...given])
}
