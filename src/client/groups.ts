import { ErrorCode } from '../protocol/errors.js'
import { DeleteGroups } from '../protocol/messages/delete-groups.js'
import { ListGroups } from '../protocol/messages/list-groups.js'
import { Metadata } from '../protocol/messages/metadata.js'
import type { Attempt, ClusterClient } from './cluster-client.js'
import { ClientError, KafkaError, throwIfError } from './kafka-error.js'

export interface GroupListing {
  readonly id: string
  readonly protocolType: string
  /** E.g. `Stable`; null when the broker does not say. */
  readonly state: string | null
  /** E.g. `Classic`; null when the broker does not say. */
  readonly type: string | null
}

export interface GroupFilter {
  /** Empty: all. */
  readonly states: readonly string[]
  readonly types: readonly string[]
  readonly protocolTypes: readonly string[]
}

/** The groups of every coordinator in the cluster, each once. */
export async function listGroups(
  client: ClusterClient,
  filter: GroupFilter,
  timeoutMs: number = client.config.apiTimeoutMs,
): Promise<GroupListing[]> {
  const endsAt = client.clock.monotonicMs() + timeoutMs
  const brokers = await allBrokers(client, timeoutMs)
  const answers = await Promise.all(
    brokers.map((broker) =>
      client.run('listGroups', { broker }, (attempt) => askOne(attempt, filter), endsAt - client.clock.monotonicMs()),
    ),
  )
  const byId = new Map(answers.flat().map((group) => [group.id, group]))
  return [...byId.values()].filter((group) => passes(group, filter))
}

/** Deletes all of `ids`; null for each that is gone now, else what kept it. */
export async function deleteGroups(
  client: ClusterClient,
  ids: readonly string[],
  timeoutMs?: number,
): Promise<Map<string, KafkaError | null>> {
  const deleteOne = async (id: string): Promise<KafkaError | null> => {
    try {
      await client.run('deleteConsumerGroups', { coordinator: id }, (attempt) => deleteAt(attempt, id), timeoutMs)
      return null
    } catch (error) {
      if (error instanceof KafkaError) return error
      throw error
    }
  }
  return new Map(await Promise.all(ids.map(async (id) => [id, await deleteOne(id)] as const)))
}

async function allBrokers(client: ClusterClient, timeoutMs: number): Promise<number[]> {
  try {
    return await client.run(
      'findAllBrokers',
      'any',
      async ({ connection, timeoutMs }) => {
        const request = { topics: [], allowAutoTopicCreation: false }
        const response = await connection.call(Metadata, request, { timeoutMs })
        client.noteMetadata(response)
        if (response.brokers.length === 0) throw new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE)
        return response.brokers.map(({ nodeId }) => nodeId)
      },
      timeoutMs,
    )
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    throw new ClientError('Failed to find brokers to send ListGroups')
  }
}

async function askOne({ connection, timeoutMs }: Attempt, filter: GroupFilter): Promise<GroupListing[]> {
  const version = connection.version(ListGroups) ?? 0
  if (version < 4 && filter.states.length > 0) {
    throw new KafkaError(
      ErrorCode.UNSUPPORTED_VERSION,
      `The broker only supports ListGroups v${version}, but we need v4 or newer to request groups by states.`,
    )
  }
  const response = await connection.call(
    ListGroups,
    { statesFilter: [...filter.states], typesFilter: version < 5 ? [] : [...filter.types] },
    { timeoutMs },
  )
  throwIfError(response.errorCode)
  return response.groups.map(({ groupId, protocolType, groupState, groupType }) => ({
    id: groupId,
    protocolType,
    state: groupState || null,
    type: groupType === '' ? null : groupType.charAt(0).toUpperCase() + groupType.slice(1),
  }))
}

/** Brokers that do not know types have classic groups only. */
function passes(group: GroupListing, filter: GroupFilter): boolean {
  const type = (group.type ?? 'Classic').toLowerCase()
  return (
    (filter.protocolTypes.length === 0 || filter.protocolTypes.includes(group.protocolType)) &&
    (filter.types.length === 0 || filter.types.some((wanted) => wanted.toLowerCase() === type))
  )
}

async function deleteAt({ connection, timeoutMs }: Attempt, id: string): Promise<void> {
  const response = await connection.call(DeleteGroups, { groupsNames: [id] }, { timeoutMs })
  for (const { errorCode } of response.results) throwIfError(errorCode)
}
