import { ErrorCode } from '../protocol/errors.js'
import { AlterUserScramCredentials } from '../protocol/messages/alter-user-scram-credentials.js'
import { DescribeUserScramCredentials } from '../protocol/messages/describe-user-scram-credentials.js'
import type { ClusterClient } from './cluster-client.js'
import { errorOf, type KafkaError, throwIfError } from './kafka-error.js'

/** By Kafka's numbers. */
export const ScramMechanism = { 'SCRAM-SHA-256': 1, 'SCRAM-SHA-512': 2 } as const
export type ScramMechanism = keyof typeof ScramMechanism

export interface ScramCredential {
  readonly mechanism: string
  readonly iterations: number
}

/** The credentials of one user, without the secrets; or why they cannot be told. Users who have none are left out. */
export async function describeScram(
  client: ClusterClient,
  users: readonly string[],
): Promise<Map<string, ScramCredential[] | KafkaError>> {
  return await client.run('describeUserScramCredentials', 'any', async ({ connection, timeoutMs }) => {
    const request = { users: users.length === 0 ? null : users.map((name) => ({ name })) }
    const response = await connection.call(DescribeUserScramCredentials, request, { timeoutMs })
    throwIfError(response.errorCode, response.errorMessage)
    const known = response.results.filter(({ errorCode }) => errorCode !== ErrorCode.RESOURCE_NOT_FOUND)
    return new Map(
      known.map(({ user, errorCode, errorMessage, credentialInfos }) => [
        user,
        errorOf(errorCode, errorMessage) ??
          credentialInfos.map(({ mechanism, iterations }) => ({ mechanism: mechanismName(mechanism), iterations })),
      ]),
    )
  })
}

export interface ScramUpsertion {
  readonly mechanism: ScramMechanism
  readonly iterations: number
  readonly salt: Buffer
  readonly saltedPassword: Buffer
}

/** @throws KafkaError with the broker's own words when it does not take the changes. */
export async function alterScram(
  client: ClusterClient,
  user: string,
  upsertions: readonly ScramUpsertion[],
  deletions: readonly ScramMechanism[],
): Promise<void> {
  await client.run('alterUserScramCredentials', 'controller', async ({ connection, timeoutMs }) => {
    const request = {
      deletions: deletions.map((mechanism) => ({ name: user, mechanism: ScramMechanism[mechanism] })),
      upsertions: upsertions.map(({ mechanism, ...credential }) => ({
        name: user,
        mechanism: ScramMechanism[mechanism],
        ...credential,
      })),
    }
    const { results } = await connection.call(AlterUserScramCredentials, request, { timeoutMs })
    for (const { errorCode, errorMessage } of results) throwIfError(errorCode, errorMessage)
  })
}

function mechanismName(number: number): string {
  return Object.entries(ScramMechanism).find(([, value]) => value === number)?.[0] ?? 'UNKNOWN'
}
