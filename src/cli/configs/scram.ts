import { pbkdf2Sync } from 'node:crypto'
import type { ClusterClient } from '../../client/cluster-client.js'
import type { ConfigChanges } from '../../client/configs.js'
import { KafkaError } from '../../client/kafka-error.js'
import { alterScram, describeScram, ScramMechanism, type ScramUpsertion } from '../../client/scram-credentials.js'
import { ErrorCode } from '../../protocol/errors.js'
import { parseJavaInt } from '../java-number.js'
import type { ToolIo } from '../tool.js'
import { Refusal } from './refusal.js'

const ITERATIONS_MIN = 4096
const ITERATIONS_DEFAULT = 4096
const SALT_BYTES = 24
const HASHES = {
  'SCRAM-SHA-256': { name: 'sha256', bytes: 32 },
  'SCRAM-SHA-512': { name: 'sha512', bytes: 64 },
} as const satisfies Record<ScramMechanism, { name: string; bytes: number }>

export function isScram(key: string): key is ScramMechanism {
  return key in ScramMechanism
}

export async function describeScramOf(client: ClusterClient, users: readonly string[], io: ToolIo): Promise<void> {
  for (const [user, credentials] of await describeScram(client, users)) {
    if (credentials instanceof Error) {
      const simpleName = credentials.javaClass?.split('.').at(-1) ?? credentials.name
      io.stdout.line(
        `Error retrieving SCRAM credential configs for user-principal '${user}': ${simpleName}: ${credentials.message}`,
      )
      continue
    }
    const shown = credentials.map(({ mechanism, iterations }) => `${mechanism}=iterations=${iterations}`)
    io.stdout.line(`SCRAM credential configs for user-principal '${user}' are ${shown.join(', ')}`)
  }
}

export async function alterScramOf(
  client: ClusterClient,
  user: string,
  { set, remove }: ConfigChanges,
  io: ToolIo,
): Promise<void> {
  const upsertions = [...set]
    .filter(([key]) => isScram(key))
    .map(([key, text]) => upsertion(key as ScramMechanism, text, io))
  await alterScram(client, user, upsertions, remove.filter(isScram))
}

/** The broker gets the salted password only, and so cannot be asked for the password (RFC 5802). */
function upsertion(mechanism: ScramMechanism, text: string, io: ToolIo): ScramUpsertion {
  const match = /^(?:iterations=(-?[0-9]*),)?password=(.*)$/s.exec(text)
  const given = match?.[1] === undefined ? -1 : parseJavaInt(match[1])
  if (match === null || given === null) {
    throw new Refusal(`Invalid credential property ${mechanism.replaceAll('-', '_')}=${text}`)
  }
  if (match[2] === '') throw new KafkaError(ErrorCode.UNACCEPTABLE_CREDENTIAL, 'Password must not be empty')
  const iterations = given === -1 ? ITERATIONS_DEFAULT : given
  if (iterations < ITERATIONS_MIN) {
    throw new Refusal(`Iterations ${iterations} is less than the minimum ${ITERATIONS_MIN} required for ${mechanism}`)
  }
  const salt = io.random.bytes(SALT_BYTES)
  const hash = HASHES[mechanism]
  const saltedPassword = pbkdf2Sync(match[2]!, salt, iterations, hash.bytes, hash.name)
  return { mechanism, iterations, salt, saltedPassword }
}
