import { createHash } from 'node:crypto'
import { UserError } from '../base/user-error.js'
import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import { type Voter, VoterSet } from '../quorum/voter-set.js'
import type { Disk } from '../storage/disk.js'
import type { PartitionLog } from '../storage/partition-log.js'
import type { BrokerConfig } from './broker-config.js'
import { hasBootstrap } from './metadata-snapshot.js'
import { readQuorumState } from './quorum-state.js'

export interface NodeAddress {
  readonly host: string
  readonly port: number
}

/** Of voters of which only an address is known. */
const UNKNOWN_VERSIONS = { min: 0, max: 0 } as const

/**
 * Who elects the controller, and where: `controller.quorum.voters`, e.g. `0@localhost:9093,1@localhost:9095`; empty without any.
 * @throws UserError for what is no such list
 */
export function listedVoters(config: BrokerConfig): ReadonlyMap<number, NodeAddress> {
  return new Map(
    config.list('controller.quorum.voters').map((voter) => {
      const [, id, address] = /^(\d{1,10})@(.*)$/.exec(voter) ?? []
      const where = address === undefined ? null : addressOf(address)
      if (where === null)
        throw new UserError(
          `Invalid value ${voter} for configuration controller.quorum.voters`,
          'Each voter is written as id@host:port.',
        )
      return [Number(id), where]
    }),
  )
}

/**
 * Where controllers are that know who the voters are: `controller.quorum.bootstrap.servers`, e.g. `localhost:9093` (KIP-853).
 * @throws UserError for what is no such list
 */
export function bootstrapServers(config: BrokerConfig): NodeAddress[] {
  return config.list('controller.quorum.bootstrap.servers').map((server) => {
    const address = addressOf(server)
    if (address === null)
      throw new UserError(
        `Invalid value ${server} for configuration controller.quorum.bootstrap.servers`,
        'Each server is written as host:port.',
      )
    return address
  })
}

function addressOf(text: string): NodeAddress | null {
  const match = /^\[?([^@\]]*)\]?:(\d{1,5})$/.exec(text)
  return match === null ? null : { host: match[1]!, port: Number(match[2]) }
}

/** The listener at which controllers find one another. */
export function controllerListenerName(config: BrokerConfig): string {
  return config.list('controller.listener.names')[0]?.toUpperCase() ?? 'CONTROLLER'
}

/** Who votes as long as the log does not say: those that are listed, or this node alone; nobody where the log has to say. */
export function configuredVoters(config: BrokerConfig, self: Voter, disk: Disk, log: PartitionLog): VoterSet {
  const listed = listedVoters(config)
  if (listed.size > 0) {
    const name = controllerListenerName(config)
    const voters = [...listed].map(([id, address]) => ({ id, endpoints: [{ name, ...address }] }))
    return VoterSet.of(voters.map((voter) => ({ ...voter, directoryId: ZERO_UUID, kraftVersions: UNKNOWN_VERSIONS })))
  }
  return isAlone(config, self, disk, log) ? VoterSet.of([{ ...self, directoryId: ZERO_UUID }]) : VoterSet.empty
}

/** One server is this node itself, unless the directory was formatted to be one of several. */
function isAlone(config: BrokerConfig, { id }: Voter, disk: Disk, { directory }: PartitionLog): boolean {
  if (!isController(config)) return false
  const servers = bootstrapServers(config)
  if (servers.length === 0) return true
  const known = readQuorumState(disk, directory)?.voters ?? []
  return servers.length === 1 && ((known.length === 1 && known[0] === id) || !hasBootstrap(disk, directory))
}

/** Whether a directory that nobody has formatted can be: which cluster it belongs to is not known where others say who votes. */
export function refuseUnformatted(config: BrokerConfig, path: string): void {
  if (config.list('controller.quorum.voters').length > 0) return
  const servers = bootstrapServers(config)
  if (servers.length === 0 || (isController(config) && servers.length === 1)) return
  throw new UserError(
    `The log directory ${path} is not formatted, and controller.quorum.bootstrap.servers does not say who votes`,
    'Format it with `klog storage format --cluster-id ID --config FILE` and --standalone, --initial-controllers or ' +
      '--no-initial-controllers; or give every node the same controller.quorum.voters=0@localhost:9093,…',
  )
}

/** A node is one unless it has other roles: what is not given is left to who starts it. */
function isController(config: BrokerConfig): boolean {
  const roles = config.list('process.roles')
  return roles.length === 0 || roles.includes('controller')
}

/** Nodes that are formatted one by one for one quorum come to the same cluster id by its members; null where none are listed. */
export function sharedClusterId(voters: ReadonlyMap<number, NodeAddress>): Uuid | null {
  if (voters.size === 0) return null
  const members = [...voters].map(([id, { host, port }]) => `${id}@${host}:${port}`).sort()
  return createHash('sha256').update(members.join(',')).digest().subarray(0, 16).toString('base64url')
}
