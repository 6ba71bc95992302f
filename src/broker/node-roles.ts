import { UserError } from '../base/user-error.js'
import type { BrokerConfig } from './broker-config.js'
import { quorumVoters } from './quorum-voters.js'

export interface NodeRoles {
  /** Whether it keeps partitions and serves clients. */
  readonly isBroker: boolean
  /** Whether it votes in the metadata quorum. */
  readonly isController: boolean
}

/**
 * `process.roles`, and whether it fits with the quorum that the node is to find.
 * @throws UserError for roles that there are not, or that contradict `controller.quorum.voters`
 */
export function rolesOf(config: BrokerConfig): NodeRoles {
  const roles = config.list('process.roles')
  const unknown = roles.find((role) => role !== 'broker' && role !== 'controller')
  if (unknown !== undefined || roles.length === 0 || new Set(roles).size < roles.length) {
    throw new UserError(
      `Invalid value ${roles.join(',')} for configuration process.roles`,
      'It is broker, controller, or both, divided by a comma.',
    )
  }
  const [isBroker, isController] = [roles.includes('broker'), roles.includes('controller')]
  refuseUnknownQuorum(config, isController)
  const { nodeId } = config
  const isVoter = quorumVoters(config, nodeId).has(nodeId)
  if (config.list('controller.quorum.voters').length > 0 && isController !== isVoter) {
    throw new UserError(
      isVoter
        ? `controller.quorum.voters names node ${nodeId}, which process.roles makes no controller`
        : `controller.quorum.voters does not name node ${nodeId}, which process.roles makes a controller`,
      'Who is a controller votes, and nobody else.',
    )
  }
  return { isBroker, isController }
}

/** Nodes that only know addresses would have to ask there for the ids of the voters, and for who they are (KIP-853). */
function refuseUnknownQuorum(config: BrokerConfig, isController: boolean): void {
  if (config.list('controller.quorum.voters').length > 0) return
  const servers = config.list('controller.quorum.bootstrap.servers')
  if (isController && servers.length < 2) return
  throw new UserError(
    servers.length === 0
      ? 'This node is no controller, and controller.quorum.voters does not say who is'
      : `controller.quorum.bootstrap.servers says where controllers are (${servers.join(', ')}), but not their ids`,
    'Give the same list to every node, e.g. controller.quorum.voters=0@localhost:9093,1@localhost:9095,2@localhost:9097',
  )
}
