import { createHash, createHmac } from 'node:crypto'
import { inHashOrder } from '../protocol/configs/hash-order.js'
import { ErrorCode } from '../protocol/errors.js'
import type { AlterUserScramCredentials } from '../protocol/messages/alter-user-scram-credentials.js'
import type { ReadRequest, WriteResponse } from '../protocol/schema.js'
import { type Decision, RECORDS_PER_REQUEST_MAX, type Refusal, refusal } from './decision.js'
import type { MetadataImage } from './metadata-image.js'
import type { MetadataRecord, RecordOf } from './records.js'
import { SCRAM_ITERATIONS_MAX, SCRAM_MECHANISMS, scramCredential } from './scram-credentials.js'

export type AlterScramRequest = ReadRequest<typeof AlterUserScramCredentials>
type AlterScramResponse = WriteResponse<typeof AlterUserScramCredentials>
type Deletion = AlterScramRequest['deletions'][number]
type Upsertion = AlterScramRequest['upsertions'][number]

/** Sets and removes credentials; each user may be named once, and what is refused for one changes nothing for the others. */
export function alterScramCredentials(
  image: MetadataImage,
  { deletions, upsertions }: AlterScramRequest,
): Decision<AlterScramResponse> {
  const toDelete = new Map<string, Deletion>()
  const toUpsert = new Map<string, Upsertion>()
  const refused = new Map<string, Refusal>()
  const take = <T extends { readonly name: string }>(item: T, into: Map<string, T>, problem: Refusal | null): void => {
    const { name } = item
    if (refused.has(name)) return
    const isRepeated = toDelete.delete(name) || toUpsert.delete(name)
    if (isRepeated) refused.set(name, REPEATED)
    else if (problem !== null) refused.set(name, problem)
    else into.set(name, item)
  }
  for (const deletion of deletions) take(deletion, toDelete, refuseDeletion(image, deletion))
  for (const upsertion of upsertions) take(upsertion, toUpsert, refuseUpsertion(upsertion))
  if (toDelete.size + toUpsert.size > RECORDS_PER_REQUEST_MAX) {
    for (const name of [...toDelete.keys(), ...toUpsert.keys()]) refused.set(name, TOO_MANY)
    toDelete.clear()
    toUpsert.clear()
  }

  const inOrder = <T extends { readonly name: string }>(items: ReadonlyMap<string, T>): T[] =>
    inHashOrder([...items.values()])
  const records: MetadataRecord[] = [
    ...inOrder(toDelete).map(
      ({ name, mechanism }) => ({ type: 'RemoveUserScramCredential', name, mechanism }) as const,
    ),
    ...inOrder(toUpsert).map(credentialOf),
  ]
  const changed = [...inOrder(toDelete), ...inOrder(toUpsert)]
  const failed = inHashOrder([...refused].map(([name, problem]) => ({ name, ...problem })))
  const results = [
    ...changed.map(({ name }) => ({ user: name, errorCode: ErrorCode.NONE, errorMessage: null })),
    ...failed.map(({ name, ...problem }) => ({ user: name, ...problem })),
  ]
  return { records, response: { results } }
}

const REPEATED: Refusal = refusal(
  ErrorCode.DUPLICATE_RESOURCE,
  'A user credential cannot be altered twice in the same request',
)

/** Kafka's controller meets this when it writes them, and knows no better either. */
const TOO_MANY: Refusal = refusal(ErrorCode.UNKNOWN_SERVER_ERROR)

function refuseDeletion(image: MetadataImage, { name, mechanism }: Deletion): Refusal | null {
  const refused = refuseNames(name, mechanism)
  if (refused !== null || scramCredential(image, name, mechanism) !== null) return refused
  return refusal(ErrorCode.RESOURCE_NOT_FOUND, 'Attempt to delete a user credential that does not exist')
}

function refuseUpsertion({ name, mechanism, iterations }: Upsertion): Refusal | null {
  const refused = refuseNames(name, mechanism)
  if (refused !== null) return refused
  if (iterations < SCRAM_MECHANISMS.get(mechanism)!.iterationsMin)
    return refusal(ErrorCode.UNACCEPTABLE_CREDENTIAL, 'Too few iterations')
  return iterations > SCRAM_ITERATIONS_MAX ? refusal(ErrorCode.UNACCEPTABLE_CREDENTIAL, 'Too many iterations') : null
}

function refuseNames(name: string, mechanism: number): Refusal | null {
  if (name === '') return refusal(ErrorCode.UNACCEPTABLE_CREDENTIAL, 'Username must not be empty')
  if (SCRAM_MECHANISMS.has(mechanism)) return null
  return refusal(ErrorCode.UNSUPPORTED_SASL_MECHANISM, 'Unknown SCRAM mechanism')
}

/** The keys of RFC 5802, section 3: who has them can check a client, and cannot be one. */
function credentialOf({
  name,
  mechanism,
  iterations,
  salt,
  saltedPassword,
}: Upsertion): RecordOf<'UserScramCredential'> {
  const { digest } = SCRAM_MECHANISMS.get(mechanism)!
  const hmac = (text: string): Buffer => createHmac(digest, saltedPassword).update(text).digest()
  const storedKey = createHash(digest).update(hmac('Client Key')).digest()
  const serverKey = hmac('Server Key')
  // The request's memory is used again; the metadata stays.
  const own = { salt: Buffer.from(salt), storedKey, serverKey }
  return { type: 'UserScramCredential', name, mechanism, iterations, ...own }
}
