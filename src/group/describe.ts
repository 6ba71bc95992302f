import { ErrorCode } from '../protocol/errors.js'
import { NO_BYTES } from './answers.js'
import type { Group, GroupState } from './group.js'
import type { Groups } from './groups.js'
import { metadataFor } from './members.js'

export interface GroupDescription {
  readonly errorCode: ErrorCode
  readonly errorMessage: string | null
  readonly groupId: string
  readonly groupState: GroupState
  readonly protocolType: string
  /** The protocol's name, in a stable group. */
  readonly protocolData: string
  readonly members: readonly {
    readonly memberId: string
    readonly groupInstanceId: string | null
    readonly clientId: string
    readonly clientHost: string
    /** In a stable group. */
    readonly memberMetadata: Buffer
    readonly memberAssignment: Buffer
  }[]
}

export function describeGroup(groups: Groups, groupId: string): GroupDescription {
  const group = groups.find(groupId)
  if (group === null || group.state === 'Dead') return notFound(groupId)
  const isStable = group.state === 'Stable'
  const protocol = group.protocolName ?? ''
  return {
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: isStable ? protocol : '',
    members: [...group.members].map((member) => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: isStable ? metadataFor(member, protocol) : NO_BYTES,
      memberAssignment: member.assignment,
    })),
  }
}

function notFound(groupId: string): GroupDescription {
  return {
    errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
    errorMessage: `Group ${groupId} not found.`,
    groupId,
    groupState: 'Dead',
    protocolType: '',
    protocolData: '',
    members: [],
  }
}

export interface GroupListing {
  readonly groupId: string
  /** Empty for a group that nobody has ever joined. */
  readonly protocolType: string
  readonly groupState: GroupState
  readonly groupType: 'classic'
}

/** Which groups are listed: those whose state and type are among the names; any where there are none. */
export class GroupFilter {
  readonly #states: ReadonlySet<string>
  readonly #types: ReadonlySet<string>

  /** The names count in any case; unknown ones match nothing. */
  constructor(names: { readonly states: readonly string[]; readonly types: readonly string[] }) {
    this.#states = inLowerCase(names.states)
    this.#types = inLowerCase(names.types)
  }

  lets({ groupState, groupType }: GroupListing): boolean {
    return isNamed(groupState, this.#states) && isNamed(groupType, this.#types)
  }
}

export function listGroups(groups: Groups, filter: GroupFilter): GroupListing[] {
  return [...groups]
    .filter(({ state }) => state !== 'Dead')
    .map(listing)
    .filter((listed) => filter.lets(listed))
}

function listing(group: Group): GroupListing {
  return { groupId: group.id, protocolType: group.protocolType ?? '', groupState: group.state, groupType: 'classic' }
}

function inLowerCase(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()))
}

function isNamed(name: string, names: ReadonlySet<string>): boolean {
  return names.size === 0 || names.has(name.toLowerCase())
}
