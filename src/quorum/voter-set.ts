import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'

/** A replica of the log: the same node with another directory is another one (KIP-853). */
export interface ReplicaKey {
  readonly id: number
  /** The zero id where it is not known, or not said. */
  readonly directoryId: Uuid
}

export interface VoterEndpoint {
  /** Of the listener. */
  readonly name: string
  readonly host: string
  readonly port: number
}

/** A member of the quorum that has a vote. */
export interface Voter extends ReplicaKey {
  readonly endpoints: readonly VoterEndpoint[]
  /** The levels of `kraft.version` that it can run at. */
  readonly kraftVersions: { readonly min: number; readonly max: number }
}

/** Who has a vote, by ascending id. It never changes: what would change it makes another. */
export class VoterSet {
  static readonly empty = new VoterSet([])

  static of(voters: Iterable<Voter>): VoterSet {
    return new VoterSet([...voters].sort((a, b) => a.id - b.id))
  }

  readonly ids: readonly number[]

  private constructor(readonly all: readonly Voter[]) {
    this.ids = all.map(({ id }) => id)
  }

  get size(): number {
    return this.all.length
  }

  get(id: number): Voter | null {
    return this.all.find((voter) => voter.id === id) ?? null
  }

  /** Whether that replica has a vote. Voters that were configured have it with whatever directory. */
  has({ id, directoryId }: ReplicaKey): boolean {
    const voter = this.get(id)
    return voter !== null && (voter.directoryId === ZERO_UUID || voter.directoryId === directoryId)
  }

  /** With that voter, in place of the one with its id. */
  with(voter: Voter): VoterSet {
    return VoterSet.of([...this.all.filter(({ id }) => id !== voter.id), voter])
  }

  without(id: number): VoterSet {
    return VoterSet.of(this.all.filter((voter) => voter.id !== id))
  }

  /** Whether it is a voter, and is not written down as it is. */
  isOutdated(voter: Voter): boolean {
    return this.has(voter) && !isSameVoter(this.get(voter.id)!, voter)
  }

  /** Whether every voter can run at that level of `kraft.version`. */
  supports(level: number): boolean {
    return this.all.every(({ kraftVersions: { min, max } }) => level >= min && level <= max)
  }

  equals(other: VoterSet): boolean {
    return this.size === other.size && this.all.every((voter, at) => isSameVoter(voter, other.all[at]!))
  }
}

export function isSameReplica(a: ReplicaKey, b: ReplicaKey): boolean {
  return a.id === b.id && a.directoryId === b.directoryId
}

/** As Kafka's messages name a replica. */
export function replicaText({ id, directoryId }: ReplicaKey): string {
  return `ReplicaKey(id=${id}, directoryId=${directoryId === ZERO_UUID ? '<undefined>' : directoryId})`
}

/** The endpoint of that listener; null where there is none. */
export function endpointNamed(endpoints: readonly VoterEndpoint[], name: string): VoterEndpoint | null {
  return endpoints.find((endpoint) => endpoint.name === name) ?? null
}

function isSameVoter(a: Voter, b: Voter): boolean {
  const hasSameVersions = a.kraftVersions.min === b.kraftVersions.min && a.kraftVersions.max === b.kraftVersions.max
  return isSameReplica(a, b) && hasSameVersions && haveSameEndpoints(a.endpoints, b.endpoints)
}

function haveSameEndpoints(a: readonly VoterEndpoint[], b: readonly VoterEndpoint[]): boolean {
  const isIn = ({ name, host, port }: VoterEndpoint): boolean => {
    const other = endpointNamed(b, name)
    return other !== null && other.host === host && other.port === port
  }
  return a.length === b.length && a.every(isIn)
}
