import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Reader } from '../../src/bytes/reader.js'
import { Writer } from '../../src/bytes/writer.js'
import { apis } from '../../src/protocol/apis.js'
import { readResponseHeader, writeRequestHeader, writeResponseHeader } from '../../src/protocol/header.js'
import { readRequestHeader } from '../../src/protocol/request-header.js'
import type { Api, Field, Message, Shape } from '../../src/protocol/schema.js'
import * as consumerOffsets from '../../src/protocol/state/consumer-offsets.js'
import * as consumerProtocol from '../../src/protocol/state/consumer-protocol.js'
import * as controlRecords from '../../src/protocol/state/control-records.js'
import * as metadataBrokers from '../../src/protocol/state/metadata-brokers.js'
import * as metadataSecurity from '../../src/protocol/state/metadata-security.js'
import * as metadataSettings from '../../src/protocol/state/metadata-settings.js'
import * as metadataTopics from '../../src/protocol/state/metadata-topics.js'
import * as metadataTransactions from '../../src/protocol/state/metadata-transactions.js'
import * as principal from '../../src/protocol/state/principal.js'
import * as producerSnapshot from '../../src/protocol/state/producer-snapshot.js'
import * as quorumState from '../../src/protocol/state/quorum-state.js'
import * as shareGroups from '../../src/protocol/state/share-groups.js'
import * as shareState from '../../src/protocol/state/share-state.js'
import * as streamsGroups from '../../src/protocol/state/streams-groups.js'
import * as transactionState from '../../src/protocol/state/transaction-state.js'

const rooms = [
  consumerOffsets,
  consumerProtocol,
  controlRecords,
  metadataBrokers,
  metadataSecurity,
  metadataSettings,
  metadataTopics,
  metadataTransactions,
  principal,
  producerSnapshot,
  quorumState,
  shareGroups,
  shareState,
  streamsGroups,
  transactionState,
]
const ours: Message[] = rooms.flatMap((room) => Object.values(room))

const golden = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, '../golden/protocol', name), 'utf8'))
const kafkaApis: KafkaApi[] = golden('messages.json').apis.filter((api: KafkaApi) => api.validVersions !== 'none')
const kafkaMessages: KafkaSchema[] = golden('records.json').messages

describe('as in Apache Kafka 4.3.1', () => {
  test('every API that has a version is there, under its key', () => {
    expect(apis.map(({ key, name }) => [key, name])).toEqual(kafkaApis.map(({ apiKey, name }) => [apiKey, name]))
  })

  for (const api of apis) {
    test(`${api.name} has Kafka's versions, fields, types, nulls, tags and defaults`, () => {
      const theirs = kafkaApis.find(({ apiKey }) => apiKey === api.key)!
      expect(api.versions).toBe(theirs.validVersions)
      expect(api.flexible).toBe(theirs.flexibleVersions)
      expect(described(api.request)).toEqual(expected(theirs.request))
      expect(described(api.response)).toEqual(expected(theirs.response))
    })

    test(`${api.name} has Kafka's header in every version`, () => {
      const theirs = kafkaApis.find(({ apiKey }) => apiKey === api.key)!
      for (const [version, [request, response]] of Object.entries(theirs.headerVersions)) {
        const [sent, answered] = headerBytes(api, Number(version))
        expect(sent!.length, `request v${version}`).toBe(request === 2 ? 11 : 10)
        expect(answered!.length, `response v${version}`).toBe(response === 1 ? 5 : 4)
      }
    })
  }

  for (const schema of kafkaMessages) {
    // Tiered storage keeps its own books, and headers are written by hand.
    if (/^Remote(Log|Partition)|Header$/.test(schema.name)) continue
    test(`${schema.name} has Kafka's versions, fields, types, nulls, tags and defaults`, () => {
      const message = ours.find(({ name }) => name === schema.name)!
      expect(message.versions).toBe(schema.validVersions)
      expect(message.flexible).toBe(schema.flexibleVersions)
      expect(message.recordType).toBe(schema.apiKey ?? null)
      expect(described(message.fields)).toEqual(expected(schema))
    })
  }
})

interface KafkaApi {
  readonly apiKey: number
  readonly name: string
  readonly validVersions: string
  readonly flexibleVersions: string
  readonly headerVersions: Record<string, [number, number]>
  readonly request: KafkaSchema
  readonly response: KafkaSchema
}

interface KafkaSchema {
  readonly name: string
  readonly apiKey?: number
  readonly validVersions: string
  readonly flexibleVersions: string
  readonly fields: KafkaField[]
  readonly commonStructs?: { readonly name: string; readonly fields: KafkaField[] }[]
}

interface KafkaField {
  readonly name: string
  readonly type: string
  readonly versions?: string
  readonly nullableVersions?: string
  readonly taggedVersions?: string
  readonly tag?: number
  readonly default?: string | number | boolean | null
  readonly ignorable?: boolean
  readonly mapKey?: boolean
  readonly entityType?: string
  readonly fields?: KafkaField[]
}

/** A field in the form in which the two sides are compared. */
interface Described {
  name: string
  type: string
  versions: string
  nullable?: string | undefined
  tag?: number | undefined
  taggedVersions?: string | undefined
  default?: string | undefined
  ignorable: boolean
  mapKey: boolean
  fields?: Described[] | undefined
}

function described(shape: Shape): Described[] {
  return Object.entries(shape).map(([name, field]) => {
    const { versions, options } = field
    return {
      name,
      type: typeName(field),
      versions,
      nullable: options.nullable,
      tag: options.tag,
      taggedVersions: options.taggedVersions,
      default: options.default === undefined ? undefined : String(options.default),
      ignorable: options.ignorable ?? false,
      mapKey: options.mapKey ?? false,
      fields: typeof field.of === 'object' && field.of !== null ? described(field.of as Shape) : undefined,
    }
  })
}

function typeName({ kind, of }: Field): string {
  if (kind === 'array') return typeof of === 'string' ? `[]${of}` : '[]struct'
  return kind
}

function expected(schema: KafkaSchema): Described[] {
  const shared = new Map((schema.commonStructs ?? []).map(({ name, fields }) => [name, fields]))
  const describe = (field: KafkaField): Described => {
    const element = field.type.replace('[]', '')
    const isStruct = /^[A-Z]/.test(element)
    const type = isStruct ? 'struct' : ourType(element, field)
    return {
      name: field.name[0]!.toLowerCase() + field.name.slice(1),
      type: field.type.startsWith('[]') ? `[]${type}` : type,
      // Kafka takes the tagged versions where a field names no others.
      versions: field.versions ?? field.taggedVersions!,
      nullable: field.nullableVersions,
      tag: field.tag,
      taggedVersions: field.taggedVersions,
      default: ourDefault(field),
      ignorable: field.ignorable ?? false,
      mapKey: field.mapKey ?? false,
      fields: isStruct ? (field.fields ?? shared.get(element)!).map(describe) : undefined,
    }
  }
  return schema.fields.map(describe)
}

/** Ids and hashes keep all their bits; other numbers of 64 bits are exact to 2^53. */
function ourType(type: string, { name, entityType }: KafkaField): string {
  if (type === 'bool') return 'boolean'
  const isId = entityType === 'producerId' || /^(next|previous)?ProducerId(Start)?$|^MetadataHash$/i.test(name)
  return type === 'int64' && isId ? 'int64Bits' : type
}

/** A default that stands in the schema as JSON's null is none: Kafka takes the value of the type. */
function ourDefault({ default: value }: KafkaField): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' && /^-?(0x)?[0-9a-f]+$/.test(value)) {
    return String(Math.min(Number(value), Number.MAX_SAFE_INTEGER))
  }
  return String(value)
}

/** A request header with a null client id, and a response header. */
function headerBytes(api: Api, version: number): Buffer[] {
  const request = new Writer()
  writeRequestHeader(request, api, { version, correlationId: 7, clientId: null })
  const response = new Writer()
  writeResponseHeader(response, api, version, { correlationId: 7 })
  const bytes = [request.toBuffer(), response.toBuffer()]
  expect(readRequestHeader(new Reader(bytes[0]!)).correlationId).toBe(7)
  expect(readResponseHeader(new Reader(bytes[1]!), api, version).correlationId).toBe(7)
  return bytes
}
