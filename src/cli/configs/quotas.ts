import type { ClusterClient } from '../../client/cluster-client.js'
import type { ConfigChanges } from '../../client/configs.js'
import { alterQuotas, describeQuotas } from '../../client/quotas.js'
import { describeScram } from '../../client/scram-credentials.js'
import { doubleText, parseJavaDouble } from '../../protocol/configs/java-double.js'
import type { QuotaEntity, QuotaEntityType } from '../../protocol/configs/quota-entity.js'
import type { RowIn } from '../data/shape.js'
import { inHashOrder } from '../java-hash-order.js'
import { note, type ToolIo } from '../tool.js'
import type { QUOTAS } from './data.js'
import type { Entity } from './entities.js'
import type { Selection } from './options.js'
import { Refusal } from './refusal.js'
import { alterScramOf, describeScramOf, isScram } from './scram.js'

const QUOTA_TYPES: Readonly<Partial<Record<Entity, QuotaEntityType>>> = {
  users: 'user',
  clients: 'client-id',
  ips: 'ip',
}
/** What quotas call their entities, in the order in which a line names them. */
const TITLES: readonly (readonly [QuotaEntityType, string])[] = [
  ['user', 'user-principal'],
  ['client-id', 'client-id'],
  ['ip', 'ip'],
]
const CLIENT_QUOTAS = ['producer_byte_rate', 'consumer_byte_rate', 'request_percentage', 'controller_mutation_rate']
const ADDRESS_QUOTAS = ['connection_creation_rate']

export async function describeQuotasAndScram(client: ClusterClient, selection: Selection, io: ToolIo): Promise<void> {
  for (const { entity, values } of await listed(client, selection)) {
    const rates = inHashOrder(values.keys(), tableSize(values.size)).map(
      (key) => `${key}=${doubleText(values.get(key)!)}`,
    )
    io.stdout.line(`Quota configs for ${entityText(entity)} are ${rates.join(', ')}`)
  }
  if (mayHaveScram(selection)) await describeScramOf(client, selection.names, io)
}

/** The same as data; credentials that cannot be told are told of on stderr. */
export async function quotaRows(
  client: ClusterClient,
  selection: Selection,
  io: ToolIo,
): Promise<RowIn<typeof QUOTAS>[]> {
  const quotas = (await listed(client, selection)).map(({ entity, values }) => ({
    entity: Object.fromEntries(entity),
    quotas: Object.fromEntries(values),
    scramIterations: {},
  }))
  if (!mayHaveScram(selection)) return quotas
  const users = [...(await describeScram(client, selection.names))].flatMap(([user, credentials]) => {
    if (credentials instanceof Error) {
      note(io, `SCRAM credentials of ${user}: ${credentials.message}`)
      return []
    }
    const scramIterations = credentials.map(({ mechanism, iterations }) => [mechanism, iterations] as const)
    return [{ entity: { user }, quotas: {}, scramIterations: Object.fromEntries(scramIterations) }]
  })
  return [...quotas, ...users]
}

function mayHaveScram({ types, names }: Selection): boolean {
  return types.includes('users') && !types.includes('clients') && !names.includes('')
}

export async function alterQuotasOrScram(
  client: ClusterClient,
  selection: Selection,
  changes: ConfigChanges,
  io: ToolIo,
): Promise<void> {
  const { types, names } = selection
  if (types[0] === 'ips') checkAddressKeys(changes)
  else if (types.length === 2 || types[0] === 'clients') checkKeys(changes, 'clients', 'quota', isQuota)
  else {
    checkKeys(changes, 'users', 'quota and SCRAM credential', (key) => isQuota(key) || isScram(key))
    const keys = [...changes.set.keys(), ...changes.remove]
    if (keys.some(isScram)) {
      checkScramAlone(keys, names)
      return await alterScramOf(client, names[0]!, changes, io)
    }
  }
  await alterListed(client, selection, changes)
}

async function alterListed(client: ClusterClient, selection: Selection, changes: ConfigChanges): Promise<void> {
  const rates = [...changes.set].map(([key, value]) => [key, rateOf(key, value)] as const)
  const [current] = await listed(client, selection)
  const missing = changes.remove.filter((key) => !current?.values.has(key))
  if (missing.length > 0) throw new Refusal(`Invalid config(s): ${missing.join(',')}`)
  const entity: QuotaEntity = new Map(
    selection.types.map((type, i) => [QUOTA_TYPES[type]!, selection.names[i] === '' ? null : selection.names[i]!]),
  )
  await alterQuotas(client, entity, new Map([...rates, ...changes.remove.map((key) => [key, null] as const)]))
}

async function listed(client: ClusterClient, { types, names }: Selection): ReturnType<typeof describeQuotas> {
  if (names.length > types.length) throw new Refusal('More entity names specified than entity types')
  const filters = types.map((type, i) => ({ type: QUOTA_TYPES[type]!, name: names[i] === '' ? null : names[i] }))
  return describeQuotas(client, filters)
}

function rateOf(key: string, text: string): number {
  const rate = parseJavaDouble(text)
  if (rate === null) throw new Refusal(`Cannot parse quota configuration value for ${key}: ${text}`)
  return rate
}

/** Kafka's client makes the table as large as the number of keys asks for. */
function tableSize(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, count)))
}

function isQuota(key: string): boolean {
  return CLIENT_QUOTAS.includes(key)
}

function entityText(entity: QuotaEntity): string {
  return TITLES.filter(([type]) => entity.has(type))
    .map(([type, title]) => (entity.get(type) === null ? `the default ${title}` : `${title} '${entity.get(type)}'`))
    .join(', ')
}

/** Scala prints the collection that it has at hand: a Set of what is added, a buffer of what is deleted. */
function checkKeys(changes: ConfigChanges, type: Entity, what: string, isAllowed: (key: string) => boolean): void {
  const refuse = (verb: string, list: string, unknown: readonly string[]): void => {
    if (unknown.length === 0) return
    throw new Refusal(
      `Only ${what} configs can be ${verb} for '${type}' using --bootstrap-server. Unexpected config names: ${list}(${unknown.join(', ')})`,
    )
  }
  refuse(
    'added',
    'Set',
    [...changes.set.keys()].filter((key) => !isAllowed(key)),
  )
  refuse(
    'deleted',
    'ArrayBuffer',
    changes.remove.filter((key) => !isAllowed(key)),
  )
}

function checkAddressKeys({ set, remove }: ConfigChanges): void {
  const unknown = [...set.keys(), ...remove].filter((key) => !ADDRESS_QUOTAS.includes(key))
  if (unknown.length === 0) return
  throw new Refusal(
    `Only connection quota configs can be added for 'ips' using --bootstrap-server. Unexpected config names: ${unknown.join(',')}`,
  )
}

function checkScramAlone(keys: readonly string[], names: readonly string[]): void {
  if (names.includes('')) {
    throw new Refusal(
      'The use of --entity-default or --user-defaults is not allowed with User SCRAM Credentials using --bootstrap-server.',
    )
  }
  if (keys.some(isQuota)) {
    throw new Refusal(
      "Cannot alter both quota and SCRAM credential configs simultaneously for 'users' using --bootstrap-server.",
    )
  }
}
