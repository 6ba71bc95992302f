import type { MetadataImage } from './metadata-image.js'
import { otherKey } from './other-records.js'
import type { RecordOf } from './records.js'

/** Of one mechanism, by Kafka's numbers. */
export interface ScramMechanism {
  /** The digest, as node:crypto calls it. */
  readonly digest: 'sha256' | 'sha512'
  readonly iterationsMin: number
}

export const SCRAM_MECHANISMS: ReadonlyMap<number, ScramMechanism> = new Map([
  [1, { digest: 'sha256', iterationsMin: 4096 }],
  [2, { digest: 'sha512', iterationsMin: 4096 }],
])
export const SCRAM_ITERATIONS_MAX = 16384

/** What the broker keeps instead of the password (RFC 5802). */
export function scramCredential(
  image: MetadataImage,
  user: string,
  mechanism: number,
): RecordOf<'UserScramCredential'> | null {
  const { key } = otherKey({ type: 'RemoveUserScramCredential', name: user, mechanism })
  const record = image.parts.others.get(key)
  return record?.type === 'UserScramCredential' ? record : null
}
