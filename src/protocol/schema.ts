import type { Uuid } from '../bytes/uuid.js'
import {
  type Covers,
  type Earlier,
  type First,
  type Last,
  type Later,
  parseVersions,
  type Versions,
} from './versions.js'

/**
 * The Kafka wire as data. A message lists its fields in wire order, each with the versions that carry it, in Kafka's own
 * names and range notation; the types of requests and responses follow from that, and `codec.ts` moves the bytes.
 */
export interface Api<Request extends Shape = Shape, Response extends Shape = Shape, V extends Versions = Versions> {
  readonly key: number
  readonly name: string
  readonly versions: V
  readonly minVersion: number
  readonly maxVersion: number
  /** Versions with compact lengths and tagged fields (KIP-482). */
  readonly flexible: Versions | 'none'
  /** The first of them; Infinity where there is none. */
  readonly firstFlexible: number
  readonly request: Request
  readonly response: Response
  /** What the codec made of each version, by version; filled on first use. */
  readonly compiled: { readonly request: unknown[]; readonly response: unknown[] }
}

/** A versioned struct that is no API: a record in one of Kafka's own topics, a group member's metadata, a file. */
export interface Message<Fields extends Shape = Shape, V extends Versions = Versions> {
  readonly name: string
  /** The number that stands before the record's fields, where records of several types share a topic. */
  readonly recordType: number | null
  readonly versions: V
  readonly minVersion: number
  readonly maxVersion: number
  readonly flexible: Versions | 'none'
  readonly fields: Fields
  readonly compiled: unknown[]
}

/** What a handler receives, and what a client's answer looks like: every field present, absent ones at their default. */
export type ReadRequest<A extends Api> = ReadStruct<A['request']>
export type ReadResponse<A extends Api> = ReadStruct<A['response']>
export type ReadMessage<M extends Message> = ReadStruct<M['fields']>
/** What is handed in for writing: a field with a default, a tagged one, or one that some version lacks may be left out. */
export type WriteRequest<A extends Api> = WriteStruct<A['request'], First<A['versions']>, Last<A['versions'], never>>
export type WriteResponse<A extends Api> = WriteStruct<A['response'], First<A['versions']>, Last<A['versions'], never>>
export type WriteMessage<M extends Message> = WriteStruct<M['fields'], First<M['versions']>, Last<M['versions'], never>>

export function api<const V extends Versions, Request extends Shape, Response extends Shape>(
  key: number,
  name: string,
  schema: { versions: V; flexible: Versions | 'none'; request: Request; response: Response },
): Api<Request, Response, V> {
  const { min, max } = parseVersions(schema.versions)
  const firstFlexible = parseVersions(schema.flexible).min
  return {
    key,
    name,
    minVersion: min,
    maxVersion: max,
    firstFlexible,
    ...schema,
    compiled: { request: [], response: [] },
  }
}

export function message<const V extends Versions, Fields extends Shape>(
  name: string,
  schema: { versions: V; flexible: Versions | 'none'; recordType?: number; fields: Fields },
): Message<Fields, V> {
  const { min, max } = parseVersions(schema.versions)
  return { recordType: null, ...schema, name, minVersion: min, maxVersion: max, compiled: [] }
}

/** The fields of a struct by name, in wire order. */
export interface Shape {
  readonly [name: string]: Field
}

/** `of` is the shape of a struct, or of an array's elements; for an array of scalars it is their kind. */
export interface Field<
  K extends Kind = Kind,
  Of = unknown,
  V extends Versions = Versions,
  O extends Options = Options,
> {
  readonly kind: K
  readonly of: Of
  readonly versions: V
  readonly options: O
}

export interface Options<T = unknown> {
  /** Versions in which the value may be null. */
  readonly nullable?: Versions
  /** The value where the field is absent; otherwise zero, false, "", [] or a struct of defaults. */
  readonly default?: T | null
  readonly tag?: number
  readonly taggedVersions?: Versions
  /** A value that a version cannot carry may be dropped without a word. */
  readonly ignorable?: true
  /** The field is part of the key of the enclosing array's elements. */
  readonly mapKey?: true
  /** Versions that write null as an empty value, and whose empty value means null. */
  readonly emptyMeansNull?: Versions
}

export interface ScalarTypes {
  boolean: boolean
  int8: number
  int16: number
  uint16: number
  int32: number
  uint32: number
  /** Exact to 2^53 - 1, saturating beyond. */
  int64: number
  /** All 64 bits, for producer ids. */
  int64Bits: bigint
  float64: number
  string: string
  uuid: Uuid
  /** A view of the bytes that were read: copy what outlives them. */
  bytes: Buffer
  records: Buffer
}
export type ScalarKind = keyof ScalarTypes
/** Kinds that take the same number of bytes, whatever the value. */
export type FixedKind = Exclude<ScalarKind, 'string' | 'bytes' | 'records'>
export type Kind = ScalarKind | 'struct' | 'array'

// Two signatures each: what is left out must infer as "no options", not as "any options".

export interface Scalar<K extends ScalarKind> {
  readonly kind: K
  <const V extends Versions>(versions: V): Field<K, null, V, NoOptions>
  <const V extends Versions, const O extends Options<ScalarTypes[K]>>(versions: V, options: O): Field<K, null, V, O>
}
type NoOptions = Readonly<Record<never, never>>

export const boolean = scalar('boolean')
export const int8 = scalar('int8')
export const int16 = scalar('int16')
export const uint16 = scalar('uint16')
export const int32 = scalar('int32')
export const uint32 = scalar('uint32')
export const int64 = scalar('int64')
export const int64Bits = scalar('int64Bits')
export const float64 = scalar('float64')
export const string = scalar('string')
export const uuid = scalar('uuid')
export const bytes = scalar('bytes')
export const records = scalar('records')

export function struct<const V extends Versions, S extends Shape>(versions: V, of: S): Field<'struct', S, V, NoOptions>
export function struct<const V extends Versions, S extends Shape, const O extends Options<never>>(
  versions: V,
  of: S,
  options: O,
): Field<'struct', S, V, O>
export function struct(versions: Versions, of: Shape, options: Options = {}): Field {
  return { kind: 'struct', of, versions, options }
}

/** `array('0+', { …fields of an element })`, or `array('0+', int32)`. */
export function array<const V extends Versions, E extends Element>(
  versions: V,
  of: E,
): Field<'array', ElementOf<E>, V, NoOptions>
export function array<const V extends Versions, E extends Element, const O extends Options<never>>(
  versions: V,
  of: E,
  options: O,
): Field<'array', ElementOf<E>, V, O>
export function array(versions: Versions, of: Element, options: Options = {}): Field {
  return { kind: 'array', of: typeof of === 'function' ? of.kind : of, versions, options }
}
type Element = Shape | Scalar<ScalarKind>
type ElementOf<E extends Element> = E extends Scalar<infer K> ? K : E

function scalar<K extends ScalarKind>(kind: K): Scalar<K> {
  const field = (versions: Versions, options: Options = {}) => ({ kind, of: null, versions, options })
  return Object.assign(field, { kind }) as unknown as Scalar<K>
}

export type ReadStruct<S extends Shape> = { -readonly [N in keyof S]: ReadValue<S[N]> | Null<S[N]> }
type ReadValue<F extends Field> = F['kind'] extends ScalarKind
  ? ScalarTypes[F['kind']]
  : F['kind'] extends 'struct'
    ? ReadElement<F['of']>
    : ReadElement<F['of']>[]
type ReadElement<Of> = Of extends ScalarKind ? ScalarTypes[Of] : Of extends Shape ? ReadStruct<Of> : never
type Null<F extends Field> = F['options'] extends { nullable: string } ? null : never

/** `Oldest` and `Newest` bound the versions in which the struct itself occurs. */
export type WriteStruct<S extends Shape, Oldest extends string, Newest extends string> = Flat<
  {
    readonly [N in keyof S as IsRequired<N, S[N], Oldest, Newest> extends true ? N : never]: WriteField<
      S[N],
      Oldest,
      Newest
    >
  } & {
    readonly [N in keyof S as IsRequired<N, S[N], Oldest, Newest> extends true ? never : N]?:
      | WriteField<S[N], Oldest, Newest>
      | undefined
  }
>
type Flat<T> = { [N in keyof T]: T[N] }
/** The throttle time is for the broker to fill in, never for the one who answers. */
type IsRequired<N, F extends Field, Oldest extends string, Newest extends string> = N extends 'throttleTimeMs'
  ? false
  : 'default' extends keyof F['options']
    ? false
    : 'tag' extends keyof F['options']
      ? false
      : Covers<F['versions'], Oldest, Newest>
type WriteField<F extends Field, Oldest extends string, Newest extends string> =
  | WriteValue<F, Later<First<F['versions']>, Oldest>, Earlier<Last<F['versions'], Newest>, Newest>>
  | Null<F>
type WriteValue<F extends Field, Oldest extends string, Newest extends string> = F['kind'] extends 'records'
  ? Buffer | readonly Buffer[]
  : F['kind'] extends ScalarKind
    ? ScalarTypes[F['kind']]
    : F['kind'] extends 'struct'
      ? WriteElement<F['of'], Oldest, Newest>
      : readonly WriteElement<F['of'], Oldest, Newest>[]
type WriteElement<Of, Oldest extends string, Newest extends string> = Of extends ScalarKind
  ? ScalarTypes[Of]
  : Of extends Shape
    ? WriteStruct<Of, Oldest, Newest>
    : never
