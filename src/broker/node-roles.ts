import { UserError } from '../base/user-error.js'
import type { BrokerConfig } from './broker-config.js'
import { bootstrapServers, listedVoters } from './quorum-voters.js'

export interface NodeRoles {
  /** Whether it keeps partitions and serves clients. */
  readonly isBroker: boolean
  /** Whether it takes part in the metadata quorum, with a vote or without. */
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
  const voters = listedVoters(config)
  const isVoter = voters.has(nodeId)
  if (voters.size > 0 && isController !== isVoter) {
    throw new UserError(
      isVoter
        ? `controller.quorum.voters names node ${nodeId}, which process.roles makes no controller`
        : `controller.quorum.voters does not name node ${nodeId}, which process.roles makes a controller`,
      'Who is a controller votes, and nobody else.',
    )
  }
  return { isBroker, isController }
}

/** A node that is no controller has to be told where one is. */
function refuseUnknownQuorum(config: BrokerConfig, isController: boolean): void {
  if (!isController && config.boolean('controller.quorum.auto.join.enable')) {
    throw new UserError(
      "controller.quorum.auto.join.enable is only supported when process.roles contains the 'controller' role.",
      'Leave it out for brokers: they have no vote.',
    )
  }
  if (isController || config.list('controller.quorum.voters').length + bootstrapServers(config).length > 0) return
  throw new UserError(
    'This node is no controller, and controller.quorum.voters does not say who is',
    'Give the same list to every node, e.g. controller.quorum.voters=0@localhost:9093,1@localhost:9095,2@localhost:9097, ' +
      'or controller.quorum.bootstrap.servers=localhost:9093',
  )
}
