import { JavaError } from './java-error.js'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const PIECE = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g

/**
 * As Java's SimpleDateFormat in English, for the letters G y M d D H k K h m s S E u a Z X, in local time.
 * @throws JavaError for another letter.
 */
export function dateFormat(pattern: string): (ms: number) => string {
  const pieces = [...pattern.matchAll(PIECE)].map(([whole, quoted, letter]) => {
    if (letter !== undefined) return field(letter, whole.length)
    if (whole === "'") throw illegal('Unterminated quote')
    const text = quoted === undefined ? whole : quoted === '' ? "'" : quoted.replaceAll("''", "'")
    return () => text
  })
  return (ms) => {
    const date = new Date(ms)
    return pieces.map((piece) => piece(date)).join('')
  }
}

type Field = (date: Date) => string

function field(letter: string, width: number): Field {
  const number =
    (value: (date: Date) => number): Field =>
    (date) =>
      String(value(date)).padStart(width, '0')
  const name =
    (names: readonly string[], value: (date: Date) => number): Field =>
    (date) =>
      width >= 4 ? names[value(date)]! : names[value(date)]!.slice(0, 3)
  const month = (date: Date): number => date.getMonth()
  const fields: Readonly<Record<string, Field>> = {
    G: () => 'AD',
    y: (date) => (width === 2 ? String(date.getFullYear()).slice(-2) : number((at) => at.getFullYear())(date)),
    M: width >= 3 ? name(MONTHS, month) : number((date) => date.getMonth() + 1),
    d: number((date) => date.getDate()),
    D: number(dayOfYear),
    H: number((date) => date.getHours()),
    k: number((date) => date.getHours() || 24),
    K: number((date) => date.getHours() % 12),
    h: number((date) => date.getHours() % 12 || 12),
    m: number((date) => date.getMinutes()),
    s: number((date) => date.getSeconds()),
    S: number((date) => date.getMilliseconds()),
    E: name(DAYS, (date) => date.getDay()),
    u: number((date) => date.getDay() || 7),
    a: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
    Z: (date) => zone(date, ''),
    X: (date) => (width === 1 ? zone(date, '').slice(0, 3) : zone(date, width === 2 ? '' : ':')),
  }
  const found = fields[letter]
  if (found === undefined) throw illegal(`Illegal pattern character '${letter}'`)
  return found
}

function dayOfYear(date: Date): number {
  const start = Date.UTC(date.getFullYear(), 0, 1)
  return Math.round((Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - start) / 86_400_000) + 1
}

function zone(date: Date, divider: string): string {
  const minutes = -date.getTimezoneOffset()
  const text = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${text(size / 60)}${divider}${text(size % 60)}`
}

function illegal(message: string): JavaError {
  return new JavaError('java.lang.IllegalArgumentException', message)
}
