import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  ErrorCode,
  errorClass,
  errorMessage,
  errorName,
  isRetriable,
  needsFreshMetadata,
} from '../../src/protocol/errors.js'

interface KafkaError {
  readonly code: number
  readonly name: string
  readonly retriable: boolean
  readonly refreshMetadata: boolean
  readonly exception: string | null
  readonly message: string
}

const file = join(import.meta.dirname, '../golden/protocol/error-codes.json')
const kafkaErrors: KafkaError[] = JSON.parse(readFileSync(file, 'utf8')).errors

test('every error of Kafka has its code, name, text, class and consequences', () => {
  const ours = Object.values(ErrorCode).map((code) => ({
    code,
    name: errorName(code),
    retriable: isRetriable(code),
    refreshMetadata: needsFreshMetadata(code),
    exception: errorClass(code),
    message: errorMessage(code),
  }))
  const theirs = kafkaErrors.map(({ code, name, retriable, refreshMetadata, exception, message }) => ({
    code,
    name,
    retriable,
    refreshMetadata,
    exception,
    message,
  }))
  expect(ours).toEqual(theirs)
})

test('the names are the codes', () => {
  expect(ErrorCode).toEqual(Object.fromEntries(kafkaErrors.map(({ name, code }) => [name, code])))
})

test('a code that nobody knows is an unknown server error', () => {
  expect(errorName(9999)).toBe('UNKNOWN_SERVER_ERROR')
  expect(isRetriable(9999)).toBe(false)
})
