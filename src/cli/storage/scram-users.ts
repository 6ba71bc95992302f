import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { ScramMechanism } from '../../client/scram-credentials.js'
import { parseJavaInt } from '../java-number.js'
import type { ToolIo } from '../tool.js'
import { FormatFailure } from './failure.js'

/** What a broker keeps of a user's password (RFC 5802). */
export interface ScramUser {
  readonly name: string
  readonly mechanism: number
  readonly salt: Buffer
  readonly storedKey: Buffer
  readonly serverKey: Buffer
  readonly iterations: number
}

const ITERATIONS = { min: 4096, max: 16_384, fallback: 4096 } as const
const SALT_BYTES = 24
const HASHES: Readonly<Record<ScramMechanism, { readonly name: string; readonly bytes: number }>> = {
  'SCRAM-SHA-256': { name: 'sha256', bytes: 32 },
  'SCRAM-SHA-512': { name: 'sha512', bytes: 64 },
}

/** `SCRAM-SHA-256=[name=alice,password=secret]`. @throws FormatFailure */
export function parseScramUser(text: string, io: ToolIo): ScramUser {
  const equals = text.indexOf('=')
  if (equals < 0) throw new FormatFailure(`Failed to find equals sign in SCRAM argument '${text}'`)
  const mechanism = text.slice(0, equals)
  if (!isMechanism(mechanism)) throw new FormatFailure(`The add-scram mechanism ${mechanism} is not supported.`)
  const settings = parseSettings(text.slice(equals + 1))
  const take = (name: string): string | undefined => {
    const value = settings.get(name)
    settings.delete(name)
    return value
  }
  const name = take('name')
  if (name === undefined) throw new FormatFailure("You must supply 'name' to add-scram")
  const salt = base64(take('salt'), 'salt')
  const iterations = iterationsOf(take('iterations'), mechanism)
  const password = take('password')
  const salted = take('saltedpassword')
  if (password === undefined && salted === undefined) {
    throw new FormatFailure("You must supply one of 'password' or 'saltedpassword' to add-scram")
  }
  if (password === undefined && salt === undefined) {
    throw new FormatFailure("You must supply 'salt' with 'saltedpassword' to add-scram")
  }
  if (settings.size > 0) throw new FormatFailure(`Unknown SCRAM configurations: ${[...settings.keys()].join(', ')}`)
  if (password === '') throw new FormatFailure('Empty key')
  const usedSalt = salt ?? io.random.bytes(SALT_BYTES)
  const hash = HASHES[mechanism]
  const saltedPassword =
    base64(salted, 'saltedPassword') ?? pbkdf2Sync(password!, usedSalt, iterations, hash.bytes, hash.name)
  return {
    name,
    mechanism: ScramMechanism[mechanism],
    salt: usedSalt,
    ...keysOf(saltedPassword, hash.name),
    iterations,
  }
}

function keysOf(saltedPassword: Buffer, hash: string): { storedKey: Buffer; serverKey: Buffer } {
  const hmac = (text: string): Buffer => createHmac(hash, saltedPassword).update(text).digest()
  return { storedKey: createHash(hash).update(hmac('Client Key')).digest(), serverKey: hmac('Server Key') }
}

function isMechanism(text: string): text is ScramMechanism {
  return Object.hasOwn(ScramMechanism, text)
}

function parseSettings(text: string): Map<string, string> {
  const trimmed = text.trim()
  if (!trimmed.startsWith('[')) throw new FormatFailure('Expected configuration string to start with [')
  if (!trimmed.endsWith(']')) throw new FormatFailure('Expected configuration string to end with ]')
  const parts = trimmed.slice(1, -1).split(',')
  return new Map(
    parts.map((part) => {
      const equals = part.indexOf('=')
      if (equals < 0) throw new FormatFailure(`No equals sign found in SCRAM component: ${part}`)
      return [part.slice(0, equals), part.slice(equals + 1).replace(/^"(.*)"$/s, '$1')]
    }),
  )
}

function iterationsOf(text: string | undefined, mechanism: ScramMechanism): number {
  if (text === undefined) return ITERATIONS.fallback
  const name = mechanism.replaceAll('-', '_')
  const iterations = parseJavaInt(text)
  if (iterations === null) throw new FormatFailure(`Failed to parse iterations count: ${text}`)
  const refused = (limit: string): FormatFailure =>
    new FormatFailure(`The 'iterations' value must be ${limit} for add-scram using ${name}`)
  if (iterations > ITERATIONS.max) throw refused(`<= ${ITERATIONS.max}`)
  if (iterations < ITERATIONS.min) throw refused(`>= ${ITERATIONS.min}`)
  return iterations
}

/** As Java reads it: nothing but the alphabet, and as long as it must be; the padding may be missing. */
function base64(text: string | undefined, what: string): Buffer | undefined {
  if (text === undefined) return undefined
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(text)) {
    throw new FormatFailure(`Failed to decode given ${what}: ${text}`)
  }
  return Buffer.from(text, 'base64')
}
