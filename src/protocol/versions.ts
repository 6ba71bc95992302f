/** A version range in Kafka's notation: `0+`, `2-4` or `7`. */
export type Versions = `${number}+` | `${number}-${number}` | `${number}`

export interface VersionRange {
  readonly min: number
  /** Infinity for an open range. */
  readonly max: number
}

export function parseVersions(versions: Versions | 'none'): VersionRange {
  if (versions === 'none') return { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }
  if (versions.endsWith('+')) return { min: Number(versions.slice(0, -1)), max: Number.POSITIVE_INFINITY }
  const [min, max = min] = versions.split('-').map(Number)
  return { min: min!, max: max! }
}

export function covers(versions: Versions | undefined, version: number): boolean {
  if (versions === undefined) return false
  const { min, max } = parseVersions(versions)
  return version >= min && version <= max
}

// The same at the level of types, so that the compiler knows which fields every version of an API carries.

/** For each version, the versions up to and including it. */
interface UpTo {
  0: '0'
  1: UpTo[0] | '1'
  2: UpTo[1] | '2'
  3: UpTo[2] | '3'
  4: UpTo[3] | '4'
  5: UpTo[4] | '5'
  6: UpTo[5] | '6'
  7: UpTo[6] | '7'
  8: UpTo[7] | '8'
  9: UpTo[8] | '9'
  10: UpTo[9] | '10'
  11: UpTo[10] | '11'
  12: UpTo[11] | '12'
  13: UpTo[12] | '13'
  14: UpTo[13] | '14'
  15: UpTo[14] | '15'
  16: UpTo[15] | '16'
  17: UpTo[16] | '17'
  18: UpTo[17] | '18'
  19: UpTo[18] | '19'
  20: UpTo[19] | '20'
  21: UpTo[20] | '21'
  22: UpTo[21] | '22'
  23: UpTo[22] | '23'
  24: UpTo[23] | '24'
}

type AtMost<A extends string, B extends string> = B extends `${keyof UpTo}`
  ? A extends UpTo[ToNumber<B> & keyof UpTo]
    ? true
    : false
  : false
type ToNumber<A extends string> = A extends `${infer N extends number}` ? N : never

/** First version of a range. */
export type First<V extends string> = V extends `${infer A}+` ? A : V extends `${infer A}-${string}` ? A : V
/** Last version of a range; `Newest` for an open one. */
export type Last<V extends string, Newest extends string> = V extends `${string}+`
  ? Newest
  : V extends `${string}-${infer B}`
    ? B
    : V
/** Whether all of `Oldest` to `Newest` lies in a range. */
export type Covers<V extends string, Oldest extends string, Newest extends string> =
  AtMost<First<V>, Oldest> extends true ? AtMost<Newest, Last<V, Newest>> : false
export type Later<A extends string, B extends string> = AtMost<A, B> extends true ? B : A
export type Earlier<A extends string, B extends string> = AtMost<A, B> extends true ? A : B
