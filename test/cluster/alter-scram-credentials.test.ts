import { expect, test } from 'vitest'
import { alterScramCredentials } from '../../src/cluster/alter-scram-credentials.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import { ErrorCode } from '../../src/protocol/errors.js'

const RECORDS_MAX = 10_000

function upsertions(count: number) {
  const [salt, saltedPassword] = [Buffer.from('salt'), Buffer.from('salted')]
  const credential = { mechanism: 1, iterations: 4096, salt, saltedPassword }
  return Array.from({ length: count }, (_, user) => ({ name: `u${user}`, ...credential }))
}

test('credentials of more users than the controller writes records at once are refused, and nobody’s are worked out', () => {
  const atMost = alterScramCredentials(MetadataImage.empty, { deletions: [], upsertions: upsertions(RECORDS_MAX) })
  expect(atMost.records.length).toBe(RECORDS_MAX)
  const tooMany = alterScramCredentials(MetadataImage.empty, { deletions: [], upsertions: upsertions(RECORDS_MAX + 1) })
  expect(tooMany.records).toEqual([])
  const codes = new Set(tooMany.response.results.map(({ errorCode }) => errorCode))
  expect([...codes]).toEqual([ErrorCode.UNKNOWN_SERVER_ERROR])
  expect(tooMany.response.results.length).toBe(RECORDS_MAX + 1)
})
