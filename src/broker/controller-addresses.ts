import { endpointNamed, type VoterEndpoint, VoterSet } from '../quorum/voter-set.js'
import type { NodeAddress } from './quorum-voters.js'

/** Servers that are only known by their address get ids from here downwards, as in Kafka. */
const FIRST_BOOTSTRAP_ID = -2

/** Where the controllers listen: as the voters say in the log or the settings do, and as nodes have said since. */
export class ControllerAddresses {
  readonly #learned = new Map<number, { readonly address: NodeAddress; readonly voters: VoterSet }>()
  #voters: () => VoterSet = () => VoterSet.empty

  constructor(
    /** Of the listener at which controllers find one another. */
    readonly listenerName: string,
    /** `controller.quorum.bootstrap.servers`. */
    readonly bootstrapServers: readonly NodeAddress[],
  ) {}

  /** Once there is a quorum: who has a vote now. */
  follow(voters: () => VoterSet): void {
    this.#voters = voters
  }

  /** Whom to ask for the leader while none is known: the servers, which may all be gone, and the voters. */
  get candidates(): readonly number[] {
    return [...this.bootstrapServers.map((_, at) => FIRST_BOOTSTRAP_ID - at), ...this.#voters().ids]
  }

  /** A node is said to listen there. */
  learn(id: number, endpoints: readonly VoterEndpoint[]): void {
    const address = endpointNamed(endpoints, this.listenerName)
    if (address !== null && address.host !== '') this.#learned.set(id, { address, voters: this.#voters() })
  }

  /** An answer names the leader, and where it listens. */
  learnLeader(leaderId: number, nodes: readonly ({ readonly nodeId: number } & NodeAddress)[]): void {
    const node = nodes.find(({ nodeId }) => nodeId === leaderId)
    if (node !== undefined) this.learn(leaderId, [{ name: this.listenerName, host: node.host, port: node.port }])
  }

  /** @throws Error where that is not known */
  of(id: number): NodeAddress {
    const server = this.bootstrapServers[FIRST_BOOTSTRAP_ID - id]
    if (server !== undefined) return server
    const voters = this.#voters()
    const listed = endpointNamed(voters.get(id)?.endpoints ?? [], this.listenerName)
    const learned = this.#learned.get(id)
    // What was learned counts until the voters are others: then what they say is newer.
    const address = learned !== undefined && (learned.voters === voters || listed === null) ? learned.address : listed
    if (address === null || address === undefined) throw new Error(`Node ${id} is no controller with a known address`)
    return address
  }
}
