import { UserError } from '../../base/user-error.js'
import type { ConsumedRecord } from '../../client/consumer/fetched-chunk.js'

export interface FilterWords {
  /** Regular expressions, of which all must be found. */
  readonly keys: readonly string[]
  readonly values: readonly string[]
  /** `name`, or `name=regular expression`. */
  readonly headers: readonly string[]
}

/** Whether a record is wanted. What is null matches nothing. @throws UserError for what is no regular expression. */
export function recordFilter({ keys, values, headers }: FilterWords): (record: ConsumedRecord) => boolean {
  const keyTests = keys.map((word) => bytesTest(word, '--key'))
  const valueTests = values.map((word) => bytesTest(word, '--value'))
  const headerTests = headers.map(headerTest)
  return (record) =>
    keyTests.every((test) => test(record.key)) &&
    valueTests.every((test) => test(record.value)) &&
    headerTests.every((test) => test(record))
}

function headerTest(word: string): (record: ConsumedRecord) => boolean {
  const equals = word.indexOf('=')
  if (equals < 0) return ({ headers }) => headers.some(({ key }) => key === word)
  const name = word.slice(0, equals)
  const test = bytesTest(word.slice(equals + 1), '--header')
  return ({ headers }) => headers.some(({ key, value }) => key === name && test(value))
}

function bytesTest(word: string, option: string): (bytes: Buffer | null) => boolean {
  try {
    const pattern = new RegExp(word, 'u')
    return (bytes) => bytes !== null && pattern.test(bytes.toString())
  } catch (error) {
    throw new UserError(
      `${option} ${word}: ${(error as Error).message}`,
      'a regular expression of JavaScript, such as ^alice$',
    )
  }
}
