import type { ErrorCode } from '../protocol/errors.js'
import { Produce } from '../protocol/messages/produce.js'
import type { Api, Field, Kind, ReadRequest, Shape } from '../protocol/schema.js'
import { covers } from '../protocol/versions.js'

type Fields = Record<string, unknown>

/**
 * An answer of this API that says `code` wherever it can say an error: at the top, and for each item that was asked about.
 * It is read off the schema, so that every API can refuse a request that its handler failed on.
 */
export function refusal(api: Api, version: number, request: unknown, code: ErrorCode): unknown {
  // Whoever produces with acks=0 reads no answer, and would take one for that to its next request.
  if (api.key === Produce.key && (request as ReadRequest<typeof Produce>).acks === 0) return 'close'
  return new Refusal(version, code).struct(api.response, api.request, request as Fields)
}

/** Kinds of fields that say what an item is about; an offset of the request is not one of the answer. */
const NAMING: ReadonlySet<Kind> = new Set<Kind>(['string', 'uuid', 'int32', 'int16', 'int8'])

class Refusal {
  constructor(
    readonly version: number,
    readonly code: ErrorCode,
  ) {}

  /** Items keep what names them: the fields that request and response have in common. */
  struct(response: Shape, asked: Shape | null, request: Fields | null): Fields {
    const out: Fields = {}
    for (const [name, field] of Object.entries(response)) {
      if (!covers(field.versions, this.version) || field.options.taggedVersions !== undefined) continue
      if (name === 'errorCode') out[name] = this.code
      else if (field.kind === 'array') out[name] = this.#array(field, asked, request)
      else if (field.kind === 'struct') out[name] = this.struct(field.of as Shape, null, null)
      else out[name] = this.#echoed(name, field, asked, request)
    }
    return out
  }

  #echoed(name: string, field: Field, asked: Shape | null, request: Fields | null): unknown {
    const same = asked?.[name]
    return NAMING.has(field.kind) && same?.kind === field.kind && request?.[name] !== undefined
      ? request[name]
      : emptyValue(field)
  }

  #array(field: Field, asked: Shape | null, request: Fields | null): unknown[] {
    const element = field.of
    if (!isShape(element) || asked === null || request === null || !canSayError(element)) return []
    const source = askedItems(element, asked, request)
    if (source === null) return []
    const [items, of] = source
    if (isShape(of)) return items.map((item) => this.struct(element, of, item as Fields))
    const isName = (f: Field): boolean =>
      f.kind === of && f.options.nullable === undefined && covers(f.versions, this.version)
    const [named] = Object.entries(element).find(([, f]) => isName(f)) ?? []
    if (named === undefined) return []
    return items.map((item) => this.struct(element, { [named]: element[named]! }, { [named]: item }))
  }
}

/** The request's array that the response's items answer: the one whose elements share most names, or bare values that fit. */
function askedItems(element: Shape, asked: Shape, request: Fields): [unknown[], unknown] | null {
  let best: [unknown[], unknown] | null = null
  let bestShared = 0
  for (const [name, field] of Object.entries(asked)) {
    const items = request[name]
    if (field.kind !== 'array' || !Array.isArray(items) || items.length === 0) continue
    const shared = likeness(element, field.of)
    if (shared > bestShared) [best, bestShared] = [[items, field.of], shared]
  }
  return best
}

function likeness(element: Shape, of: unknown): number {
  if (!isShape(of)) return Object.values(element).some((field) => field.kind === of) ? 0.5 : 0
  return Object.entries(element).filter(([name, field]) => of[name]?.kind === field.kind).length
}

function canSayError(element: Shape): boolean {
  return Object.entries(element).some(
    ([name, field]) => name === 'errorCode' || (isShape(field.of) && canSayError(field.of)),
  )
}

function isShape(of: unknown): of is Shape {
  return typeof of === 'object' && of !== null
}

function emptyValue(field: Field): unknown {
  if (field.options.default !== undefined) return field.options.default
  if (field.options.nullable !== undefined) return null
  switch (field.kind) {
    case 'boolean':
      return false
    case 'string':
      return ''
    case 'uuid':
      return 'AAAAAAAAAAAAAAAAAAAAAA'
    case 'bytes':
    case 'records':
      return Buffer.alloc(0)
    case 'int64Bits':
      return -1n
    case 'int64':
      // Offsets and times: what is not known is -1 everywhere in Kafka.
      return -1
    default:
      return 0
  }
}
