import { createHash } from 'node:crypto'
import { UserError } from '../base/user-error.js'
import type { Uuid } from '../bytes/uuid.js'
import type { BrokerConfig } from './broker-config.js'

export interface NodeAddress {
  readonly host: string
  readonly port: number
}

/**
 * Who elects the controller, and where: `controller.quorum.voters`, e.g. `0@localhost:9093,1@localhost:9095`. Without any this
 * node is the only one.
 * @throws UserError for what is no such list
 */
export function quorumVoters(config: BrokerConfig, nodeId: number): ReadonlyMap<number, NodeAddress | null> {
  const listed = config.list('controller.quorum.voters')
  if (listed.length === 0) return new Map([[nodeId, null]])
  return new Map(
    listed.map((voter) => {
      const match = /^(\d{1,10})@\[?([^@\]]*)\]?:(\d{1,5})$/.exec(voter)
      if (match === null)
        throw new UserError(
          `Invalid value ${voter} for configuration controller.quorum.voters`,
          'Each voter is written as id@host:port.',
        )
      return [Number(match[1]), { host: match[2]!, port: Number(match[3]) }]
    }),
  )
}

/** Nodes that are formatted one by one for one quorum come to the same cluster id by its members; null where none are listed. */
export function sharedClusterId(voters: ReadonlyMap<number, NodeAddress | null>): Uuid | null {
  if ([...voters.values()].includes(null)) return null
  const members = [...voters].map(([id, address]) => `${id}@${address?.host}:${address?.port}`).sort()
  return createHash('sha256').update(members.join(',')).digest().subarray(0, 16).toString('base64url')
}
