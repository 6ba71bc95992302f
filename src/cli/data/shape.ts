/**
 * What a command prints with --output, as data: the types of the rows, the check in the tests and the text in the help come
 * from here. A field is there in every row; what has no value is null.
 */
export interface Field<T> {
  readonly kind: 'text' | 'number' | 'boolean' | 'texts' | 'numbers' | 'map' | 'rows' | 'any'
  readonly isNullable: boolean
  readonly about: string
  /** What each of `rows` has. */
  readonly fields: Fields | null
  /** Never there: carries the type. */
  readonly value?: T
}

export type Fields = Readonly<Record<string, Field<unknown>>>
export type RowOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }
export type Row = Readonly<Record<string, unknown>>

export interface Shape<F extends Fields = Fields> {
  /** Which command line prints it, e.g. `--list`; empty for a command that prints one shape only. */
  readonly when: string
  readonly fields: F
  /** What a table shows; `expands` names a list of rows that become lines of their own. */
  readonly table: { readonly columns: readonly string[]; readonly expands: string | null }
  /** One object, not a list of them. */
  readonly isSingle: boolean
  /** As JSON each row has a line of its own, and there is nothing around them. */
  readonly isLines: boolean
}

export type RowIn<S extends Shape> = RowOf<S['fields']>

export interface ShapeOptions {
  /** Names of fields, also of those of `expands`; all unless given. */
  readonly columns?: readonly string[]
  readonly expands?: string
  readonly isSingle?: boolean
  readonly isLines?: boolean
}

export function shape<const F extends Fields>(when: string, fields: F, options: ShapeOptions = {}): Shape<F> {
  const { expands = null, isSingle = false, isLines = false } = options
  const inner = expands === null ? [] : Object.keys(fields[expands]?.fields ?? {})
  const outer = Object.keys(fields).filter((name) => name !== expands)
  return { when, fields, table: { columns: options.columns ?? [...outer, ...inner], expands }, isSingle, isLines }
}

export const text = (about: string): Field<string> => field('text', about)
export const number = (about: string): Field<number> => field('number', about)
/** A number of 64 bits, of which every one counts. */
export const id = (about: string): Field<bigint> => field('number', about)
export const boolean = (about: string): Field<boolean> => field('boolean', about)
export const texts = (about: string): Field<readonly string[]> => field('texts', about)
export const numbers = (about: string): Field<readonly number[]> => field('numbers', about)
/** An object whose keys are not known beforehand. */
export const map = (about: string): Field<Readonly<Record<string, string | number | null>>> => field('map', about)

/** What a record holds, in the form that the field tells of. */
export const any = (about: string): Field<unknown> => field('any', about)

export function rows<const F extends Fields>(about: string, fields: F): Field<readonly RowOf<F>[]> {
  return { ...field<readonly RowOf<F>[]>('rows', about), fields }
}

export function orNull<T>(of: Field<T>): Field<T | null> {
  return { kind: of.kind, about: of.about, fields: of.fields, isNullable: true }
}

function field<T>(kind: Field<T>['kind'], about: string): Field<T> {
  return { kind, about, isNullable: false, fields: null }
}
