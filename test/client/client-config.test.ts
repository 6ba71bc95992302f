import { describe, expect, test } from 'vitest'
import { UserError } from '../../src/base/user-error.js'
import { readClientConfig } from '../../src/client/client-config.js'

const read = (properties: Record<string, string>) =>
  readClientConfig('localhost:9092', new Map(Object.entries(properties)))

describe('client settings', () => {
  test("are those of Kafka's admin client unless given", () => {
    expect(read({})).toEqual({
      bootstrapServers: 'localhost:9092',
      clientId: 'adminclient-1',
      requestTimeoutMs: 30_000,
      apiTimeoutMs: 60_000,
      retries: 2_147_483_647,
      retryBackoffMs: 100,
      retryBackoffMsMax: 1000,
      reconnectBackoffMs: 50,
      reconnectBackoffMsMax: 1000,
      connectTimeoutMs: 10_000,
    })
  })

  test('are read from properties, whose bootstrap.servers and unknown names do not count', () => {
    const config = read({
      'bootstrap.servers': 'elsewhere:1',
      'client.id': 'me',
      'request.timeout.ms': ' 1000 ',
      'default.api.timeout.ms': '3000',
      'no.such.setting': 'x',
      'security.protocol': 'plaintext',
    })
    expect(config).toMatchObject({
      bootstrapServers: 'localhost:9092',
      clientId: 'me',
      requestTimeoutMs: 1000,
      apiTimeoutMs: 3000,
    })
  })

  test.each([
    ['request.timeout.ms', 'abc', 'Invalid value abc for configuration request.timeout.ms: Not a number of type INT'],
    ['retry.backoff.ms', '-1', 'Invalid value -1 for configuration retry.backoff.ms: Value must be at least 0'],
    ['retries', '2147483648', 'Invalid value 2147483648 for configuration retries: Not a number of type INT'],
  ])('%s=%s are refused in Kafka’s words', (name, value, message) => {
    expect(() => read({ [name]: value })).toThrow(message)
  })

  test('do not wait longer for one request than for the whole call', () => {
    expect(() => read({ 'request.timeout.ms': '5000', 'default.api.timeout.ms': '4000' })).toThrow(
      'The specified value of default.api.timeout.ms must be no smaller than the value of request.timeout.ms.',
    )
    expect(read({ 'request.timeout.ms': '90000' }).apiTimeoutMs).toBe(90_000)
  })

  test('that ask for encryption are told that there is none', () => {
    expect(() => read({ 'security.protocol': 'SASL_SSL' })).toThrow(UserError)
  })
})
