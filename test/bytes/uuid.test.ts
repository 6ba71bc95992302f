import { expect, test } from 'vitest'
import {
  hyphenated,
  METADATA_TOPIC_ID,
  randomUuid,
  uuidAt,
  uuidFromBytes,
  uuidToBytes,
  ZERO_UUID,
} from '../../src/bytes/uuid.js'
import { seededRandom } from '../support/seeded-random.js'

test('a uuid is its sixteen bytes in base64url, without padding', () => {
  const bytes = Buffer.from('fbefbe000102030405060708090a0bff', 'hex')
  const uuid = uuidFromBytes(bytes)
  expect(uuid).toBe('----AAECAwQFBgcICQoL_w')
  expect(uuidToBytes(uuid).equals(bytes)).toBe(true)
  expect(uuidAt(Buffer.concat([Buffer.alloc(3), bytes, Buffer.alloc(3)]), 3)).toBe(uuid)
})

test('the reserved ids are zero and one', () => {
  expect(uuidToBytes(ZERO_UUID).toString('hex')).toBe('00'.repeat(16))
  expect(uuidToBytes(METADATA_TOPIC_ID).toString('hex')).toBe(`${'00'.repeat(15)}01`)
})

test('a random uuid is of version 4 and does not start with a dash, which a command line would take for an option', () => {
  const random = seededRandom(1)
  const uuids = Array.from({ length: 2000 }, () => randomUuid(random))
  expect(new Set(uuids).size).toBe(2000)
  for (const uuid of uuids) {
    expect(uuid).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/)
    const bytes = uuidToBytes(uuid)
    expect(bytes[6]! >> 4).toBe(4)
    expect(bytes[8]! >> 6).toBe(2)
  }
})

test('a uuid can be shown in groups of hexadecimal digits', () => {
  expect(hyphenated('AAECAwQFBgcICQoLDA0ODw')).toBe('00010203-0405-0607-0809-0a0b0c0d0e0f')
})
