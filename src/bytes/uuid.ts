import type { Random } from '../base/random.js'

/**
 * A Kafka uuid as its text: 22 characters of base64url, which keeps all 128 bits, prints as Kafka prints it and is a map key.
 */
export type Uuid = string

export const ZERO_UUID: Uuid = 'AAAAAAAAAAAAAAAAAAAAAA'
/** The id of the metadata topic. */
export const METADATA_TOPIC_ID: Uuid = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** The uuid in the sixteen bytes at `position`. */
export function uuidAt(buffer: Buffer, position: number): Uuid {
  return buffer.toString('base64url', position, position + 16)
}

export function uuidFromBytes(bytes: Buffer): Uuid {
  return bytes.toString('base64url')
}

export function uuidToBytes(uuid: Uuid): Buffer {
  return Buffer.from(uuid, 'base64url')
}

/** A random (version 4) uuid that is not one of Kafka's reserved ids and whose text does not start with a dash. */
export function randomUuid(random: Random): Uuid {
  for (;;) {
    const bytes = random.bytes(16)
    bytes[6] = (bytes[6]! & 0x0f) | 0x40
    bytes[8] = (bytes[8]! & 0x3f) | 0x80
    const uuid = uuidFromBytes(bytes)
    if (!uuid.startsWith('-')) return uuid
  }
}

/** `8-4-4-4-12` hexadecimal digits, as in member ids made by the group coordinator. */
export function hyphenated(uuid: Uuid): string {
  const hex = uuidToBytes(uuid).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
