import type { Uuid } from '../bytes/uuid.js'
import { JavaError } from './java-error.js'

const TEXT_MAX = 24
const UUID_BYTES = 16

/** @throws JavaError with the text of Kafka, or of Java's base64 decoder, when `text` is no id. */
export function parseUuid(text: string): Uuid {
  if (text.length > TEXT_MAX) {
    const prefix = text.slice(0, TEXT_MAX)
    throw refused(`Input string with prefix \`${prefix}\` is too long to be decoded as a base64 UUID`)
  }
  checkBase64(text)
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== UUID_BYTES) {
    throw refused(
      `Input string \`${text}\` decoded as ${bytes.length} bytes, which is not equal to the expected 16 bytes of a base64-encoded UUID`,
    )
  }
  return bytes.toString('base64url')
}

/** The rules of `Base64.getUrlDecoder()`, in the order in which it looks at them. */
function checkBase64(text: string): void {
  if (text.length === 1) throw refused('Input byte[] should at least have 2 bytes for base64 bytes')
  const digits = /^[A-Za-z0-9_-]*/.exec(text)![0]
  const rest = text.slice(digits.length)
  if (rest !== '' && !rest.startsWith('=')) {
    throw refused(`Illegal base64 character ${rest.charCodeAt(0).toString(16)}`)
  }
  const left = digits.length % 4
  const padding = left === 2 ? '==' : '='
  if (rest !== '' && (left === 0 || (left === 2 && !rest.startsWith('==')))) {
    throw refused('Input byte array has wrong 4-byte ending unit')
  }
  if (left === 1) throw refused('Last unit does not have enough valid bits')
  if (rest.length > padding.length) {
    throw refused(`Input byte array has incorrect ending byte at ${digits.length + padding.length}`)
  }
}

function refused(message: string): JavaError {
  return new JavaError('java.lang.IllegalArgumentException', message)
}
