import { connect } from 'node:net'
import { dirname } from 'node:path'
import type { Clock } from '../base/clock.js'
import { readSeats } from './local/cluster-file.js'
import { ensureBroker } from './local/ensure.js'
import { type Home, homeOf } from './local/home.js'
import { configuredPort } from './local/settings.js'
import { type BrokerState, bootstrapServersOf, runningBroker } from './local/state.js'
import { klogVersion } from './version.js'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1'])

/** What finding the local broker needs of the command that asks. */
export interface LocalBrokerAccess {
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  /** Writes one line to stderr. */
  note(line: string): void
}

/**
 * Bootstrap servers for a command. Without the flag it is the local broker, started if it does not run; an address that is
 * the local broker's own starts it too when nothing answers there; any other address is handed back as it is.
 * `KLOG_NO_SPAWN=1` turns starting off.
 * @throws UserError when the local broker cannot be started.
 */
export async function localBootstrap(flag: string | undefined, access: LocalBrokerAccess): Promise<string> {
  const home = homeOf(access.env)
  if (flag === undefined) {
    const state = mayStart(access) ? await ensure(home, access) : runningBroker(home)
    return state === null ? configuredBootstrap(home) : bootstrapServersOf(state)
  }
  const port = loopbackPort(flag)
  if (port !== null && mayStart(access) && isOwn(home, port) && !(await answers(flag, port))) {
    await ensure(home, access)
  }
  return flag
}

async function ensure(home: Home, access: LocalBrokerAccess): Promise<BrokerState> {
  const { state, started } = await ensureBroker(home, { overrides: [] }, access.clock)
  if (started) access.note(startedLine(state))
  else if (state.version !== klogVersion()) {
    access.note(
      `klog: the running broker is version ${state.version}, this command ${klogVersion()}; to use the new one: klog broker stop && klog broker start`,
    )
  }
  return state
}

export function startedLine(state: BrokerState): string {
  if (state.brokers !== undefined) {
    const where = state.dataDirectories.map((directory) => dirname(directory))[0]
    return `klog: started ${state.brokers.length} brokers on ${bootstrapServersOf(state)} (pid ${state.pid}, data in ${where})`
  }
  return `klog: started a broker on ${state.host}:${state.port} (pid ${state.pid}, data in ${state.dataDirectories.join(', ')})`
}

function mayStart(access: LocalBrokerAccess): boolean {
  return access.env.KLOG_NO_SPAWN !== '1'
}

/** Whether `port` on this machine is where the broker of `home` answers, or would if it ran. */
function isOwn(home: Home, port: number): boolean {
  const running = runningBroker(home)
  const ports = running === null ? configuredPorts(home) : (running.brokers ?? [running]).map((broker) => broker.port)
  return ports.includes(port)
}

function configuredBootstrap(home: Home): string {
  return configuredPorts(home)
    .map((port) => `localhost:${port}`)
    .join(',')
}

function configuredPorts(home: Home): number[] {
  return readSeats(home)?.map(({ port }) => port) ?? [configuredPort(home)]
}

/** The port of a single address on this machine, else null. */
function loopbackPort(servers: string): number | null {
  const match = /^\[?([^\],]+?)\]?:(\d+)$/.exec(servers.trim())
  return match !== null && LOOPBACK.has(match[1]!.toLowerCase()) ? Number(match[2]) : null
}

function answers(servers: string, port: number): Promise<boolean> {
  const host = servers.includes('[') ? '::1' : servers.trim().slice(0, servers.trim().lastIndexOf(':'))
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
