import { inHashOrder } from '../protocol/configs/hash-order.js'
import { ErrorCode } from '../protocol/errors.js'
import type { DescribeUserScramCredentials } from '../protocol/messages/describe-user-scram-credentials.js'
import type { WriteResponse } from '../protocol/schema.js'
import { refusal } from './decision.js'
import type { MetadataImage } from './metadata-image.js'
import { SCRAM_MECHANISMS, scramCredential } from './scram-credentials.js'

type Result = WriteResponse<typeof DescribeUserScramCredentials>['results'][number]

/** What is known about users' credentials but the secrets; null and an empty list ask for everybody who has some. */
export function describeScramCredentials(image: MetadataImage, users: readonly string[] | null): Result[] {
  const named = users === null || users.length === 0 ? usersWithCredentials(image) : users
  const times = new Map<string, number>()
  for (const name of named) times.set(name, (times.get(name) ?? 0) + 1)
  const distinct = inHashOrder([...times].map(([name, count]) => ({ name, count })))
  return distinct.map(({ name, count }) => (count > 1 ? repeated(name) : described(image, name)))
}

function described(image: MetadataImage, user: string): Result {
  const credentialInfos = [...SCRAM_MECHANISMS.keys()].flatMap((mechanism) => {
    const credential = scramCredential(image, user, mechanism)
    return credential === null ? [] : [{ mechanism, iterations: credential.iterations }]
  })
  if (credentialInfos.length > 0) return { user, errorCode: ErrorCode.NONE, errorMessage: '', credentialInfos }
  const message = `Attempt to describe a user credential that does not exist: ${user}`
  return { user, ...refusal(ErrorCode.RESOURCE_NOT_FOUND, message), credentialInfos }
}

function repeated(user: string): Result {
  const message = `Cannot describe SCRAM credentials for the same user twice in a single request: ${user}`
  return { user, ...refusal(ErrorCode.DUPLICATE_RESOURCE, message), credentialInfos: [] }
}

function usersWithCredentials(image: MetadataImage): string[] {
  const users = new Set<string>()
  for (const record of image.parts.others.values()) if (record.type === 'UserScramCredential') users.add(record.name)
  return [...users]
}
