import { parseDuration } from '../../base/duration.js'
import { UserError } from '../../base/user-error.js'

/** Where reading begins or ends in each partition. */
export type Place =
  | { readonly offset: number }
  /** The first record from this moment on, in milliseconds since 1970. */
  | { readonly timeMs: number }
  /** So many records before the end. */
  | { readonly fromEnd: number }

export interface Range {
  /** Null: the first record there is. */
  readonly from: Place | null
  /** Exclusive. Null: the end, as it is when reading begins. */
  readonly to: Place | null
}

/** Words of a command line that are a range, although they look like an option. */
export function isLastCount(word: string): boolean {
  return /^-\d+$/.test(word)
}

/**
 * Reads `0-100` (both included), `7`, `7-`, `-5` (the last five), `@-10m`, `@2026-01-01T00:00` and `@from..to`. Times without a
 * zone are those of this machine.
 * @throws UserError
 */
export function parseRange(text: string, nowMs: number): Range {
  if (text.startsWith('@')) return timeRange(text.slice(1), nowMs)
  const match = /^(\d*)(-?)(\d*)$/.exec(text)
  const [first, dash, last] = match === null ? ['', '', ''] : match.slice(1).map(String)
  if (match === null || (first === '' && last === '')) throw notARange(text)
  const numbers = [first!, last!].map((digits) => (digits === '' ? null : Number(digits)))
  const [from, to] = numbers as [number | null, number | null]
  if (numbers.some((number) => number !== null && !Number.isSafeInteger(number))) throw notARange(text)
  if (from === null) return { from: { fromEnd: to! }, to: null }
  if (dash === '') return { from: { offset: from }, to: { offset: from + 1 } }
  if (to !== null && to < from) throw new UserError(`${text}: a range ends where it begins, or later`)
  return { from: { offset: from }, to: to === null ? null : { offset: to + 1 } }
}

function timeRange(text: string, nowMs: number): Range {
  const [from = '', to, ...others] = text.split('..')
  if (others.length > 0) throw notARange(`@${text}`)
  const timeOf = (word: string): Place | null =>
    word === '' ? null : { timeMs: moment(word.replace(/^@/, ''), nowMs) }
  return { from: timeOf(from), to: to === undefined ? null : timeOf(to) }
}

/** `-10m` is ten minutes ago; thirteen digits are milliseconds since 1970. */
function moment(text: string, nowMs: number): number {
  const ago = text.startsWith('-') ? parseDuration(text.slice(1)) : null
  if (ago !== null) return Math.max(0, nowMs - ago)
  if (/^\d{11,}$/.test(text)) return Number(text)
  const isDate = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/.test(text)
  // A date alone is UTC for JavaScript, and midnight here for a person.
  const ms = isDate ? Date.parse(text.includes('T') ? text : `${text}T00:00`) : Number.NaN
  if (Number.isNaN(ms))
    throw new UserError(`@${text} is no time`, 'e.g. @-10m, @2026-01-31, @2026-01-31T12:00, @2026-01-31T12:00Z')
  return ms
}

function notARange(text: string): UserError {
  return new UserError(
    `${text} is no range of records`,
    'e.g. 0-100, 42, 42-, -5 (the last 5 of each partition), @-10m, @2026-01-31T12:00, @-2h..-1h',
  )
}
