import { ZERO_UUID } from '../bytes/uuid.js'
import type { Field, FixedKind, Kind, ScalarKind, Shape } from './schema.js'
import { covers } from './versions.js'

/** A struct as one version has it on the wire. */
export interface StructPlan {
  readonly isFlexible: boolean
  /** Every field of the message, whatever its version, in the order of the schema: all values of one struct look alike. */
  readonly all: readonly FieldPlan[]
  /** On the wire in this order. */
  readonly plain: readonly FieldPlan[]
  /** In the tagged section, by ascending tag. */
  readonly tagged: readonly FieldPlan[]
  /** Not in this version, and not to be dropped in silence. */
  readonly refused: readonly FieldPlan[]
  /** The fewest bytes that such a struct takes. */
  readonly bytesMin: number
}

export interface FieldPlan {
  readonly name: string
  /** For messages to people: `Metadata request v3: topics.name`. */
  readonly path: string
  readonly kind: Kind
  readonly isFlexible: boolean
  readonly isNullable: boolean
  readonly emptyMeansNull: boolean
  readonly tag: number | null
  /** Of a struct, or of the elements of an array of structs. */
  readonly struct: StructPlan | null
  /** Of an array of scalars. */
  readonly element: ScalarKind | null
  /** The value of the field where it is absent, made anew for each reader. */
  readonly fallback: () => unknown
}

/** The version and what else holds for a whole message. */
export interface Rules {
  readonly version: number
  readonly isFlexible: boolean
  /**
   * A broker's answer says what the asker's version can say. A request or a stored record that lost a field would mean something
   * else, so there only `ignorable` fields are dropped.
   */
  readonly dropsFields: boolean
}

/** Decides everything that depends on the version; what follows only moves bytes. */
export function planStruct(shape: Shape, rules: Rules, path: string): StructPlan {
  const all: FieldPlan[] = []
  const plain: FieldPlan[] = []
  const tagged: FieldPlan[] = []
  const refused: FieldPlan[] = []
  for (const [name, field] of Object.entries(shape)) {
    const plan = planField(name, field, rules, path)
    all.push(plan)
    if (!covers(field.versions, rules.version)) {
      if (!field.options.ignorable && !rules.dropsFields) refused.push(plan)
    } else if (plan.tag === null) plain.push(plan)
    else tagged.push(plan)
  }
  tagged.sort((a, b) => a.tag! - b.tag!)
  const bytesMin = plain.reduce((sum, field) => sum + fieldBytesMin(field), rules.isFlexible ? 1 : 0)
  return { isFlexible: rules.isFlexible, all, plain, tagged, refused, bytesMin }
}

function planField(name: string, field: Field, rules: Rules, parent: string): FieldPlan {
  const { kind, of, options } = field
  const { version, isFlexible } = rules
  const path = parent.endsWith(':') ? `${parent} ${name}` : `${parent}.${name}`
  const isStruct = typeof of === 'object' && of !== null
  return {
    name,
    path,
    kind,
    isFlexible,
    isNullable: covers(options.nullable, version),
    emptyMeansNull: covers(options.emptyMeansNull, version),
    tag: covers(options.taggedVersions, version) ? options.tag! : null,
    struct: isStruct ? planStruct(of as Shape, rules, path) : null,
    element: isStruct ? null : (of as ScalarKind | null),
    fallback: fallbackOf(field),
  }
}

function fallbackOf({ kind, of, options }: Field): () => unknown {
  const given = options.default
  if (given !== undefined) return () => given
  switch (kind) {
    case 'boolean':
      return () => false
    case 'string':
      return () => ''
    case 'uuid':
      return () => ZERO_UUID
    case 'int64Bits':
      return () => 0n
    case 'bytes':
    case 'records':
      return () => Buffer.alloc(0)
    case 'array':
      return () => []
    case 'struct': {
      const fields = Object.entries(of as Shape).map(([name, field]) => [name, fallbackOf(field)] as const)
      return () => Object.fromEntries(fields.map(([name, fallback]) => [name, fallback()]))
    }
    default:
      return () => 0
  }
}

/** The fewest bytes that one element of an array takes; at least one, so that a count is bounded by the bytes left. */
export function elementBytesMin(array: FieldPlan): number {
  return Math.max(1, array.struct ? array.struct.bytesMin : scalarBytesMin(array.element!, array.isFlexible))
}

function fieldBytesMin(field: FieldPlan): number {
  if (field.kind === 'array') return field.isFlexible ? 1 : 4
  if (field.kind === 'struct') return field.isNullable ? 1 : field.struct!.bytesMin
  return scalarBytesMin(field.kind, field.isFlexible)
}

function scalarBytesMin(kind: ScalarKind, isFlexible: boolean): number {
  switch (kind) {
    case 'string':
      return isFlexible ? 1 : 2
    case 'bytes':
    case 'records':
      return isFlexible ? 1 : 4
    default:
      return FIXED_BYTES[kind]
  }
}

export const FIXED_BYTES: Readonly<Record<FixedKind, number>> = {
  boolean: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  int64Bits: 8,
  float64: 8,
  uuid: 16,
}

/** Whether `value` is what a reader would make of an absent field: such a tagged field is not written. */
export function isSame(value: unknown, fallback: unknown): boolean {
  if (value === undefined || value === fallback) return true
  if (value === null || fallback === null || typeof fallback !== 'object') return false
  if (Array.isArray(fallback) || Buffer.isBuffer(fallback)) return (value as unknown[] | Buffer).length === 0
  return Object.entries(fallback).every(([name, part]) => isSame((value as Record<string, unknown>)[name], part))
}
