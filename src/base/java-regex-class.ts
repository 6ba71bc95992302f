import type { PatternCursor } from './java-regex-cursor.js'

/** Java's classes mean ASCII where JavaScript's mean Unicode. */
const LETTER_CLASSES: Readonly<Record<string, string>> = {
  d: '0-9',
  s: '\\t\\n\\v\\f\\r\\u0020',
  w: 'a-zA-Z0-9_',
  h: '\\t\\u0020\\u00a0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000',
  v: '\\n\\v\\f\\r\\u0085\\u2028\\u2029',
}

const POSIX_CLASSES: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\u0000-\\u007f',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Graph: '!-~',
  Print: '\\u0020-~',
  Blank: '\\u0020\\t',
  Cntrl: '\\u0000-\\u001f\\u007f',
  XDigit: '0-9a-fA-F',
  Space: '\\t\\n\\v\\f\\r\\u0020',
}

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 }

/** A character class whose opening bracket has been read. Union and intersection are JavaScript's with the flag v. */
export function characterClass(cursor: PatternCursor): string {
  const isNegated = cursor.take('^')
  const sides: string[] = []
  let side = ''
  for (let isFirst = true; ; isFirst = false) {
    if (cursor.isAtEnd) cursor.fail('Unclosed character class', cursor.pattern.length - 1)
    if (!isFirst && cursor.take(']')) break
    if (cursor.take('&&')) {
      if (side !== '') sides.push(`[${side}]`)
      side = ''
    } else side += member(cursor)
  }
  if (side !== '') sides.push(`[${side}]`)
  const inside = sides.length === 1 ? sides[0]!.slice(1, -1) : sides.join('&&')
  return `[${isNegated ? '^' : ''}${inside}]`
}

/** One escape outside of a quotation, its backslash read: a class or a character. */
export function classEscape(cursor: PatternCursor): string {
  const letter = cursor.peek()
  const lower = letter.toLowerCase()
  if (Object.hasOwn(LETTER_CLASSES, lower)) {
    cursor.next()
    return `[${letter === lower ? '' : '^'}${LETTER_CLASSES[lower]}]`
  }
  if (lower === 'p') return property(cursor)
  return literal(escapedCharacter(cursor))
}

/** A character that stands for itself, inside a class or outside. */
export function literal(char: string): string {
  return /^[A-Za-z0-9_]$/.test(char) ? char : `\\u{${char.codePointAt(0)!.toString(16)}}`
}

function member(cursor: PatternCursor): string {
  if (cursor.take('[')) return characterClass(cursor)
  if (cursor.peek() === '\\' && /^[dDsSwWhHvVpPQ]$/.test(cursor.peek(2).slice(1))) return classMember(cursor)
  const from = character(cursor)
  const isRange = cursor.peek() === '-' && !'[]'.includes(cursor.peek(2).slice(1)) && cursor.peek(2).length === 2
  if (!isRange) return literal(from)
  cursor.next()
  const to = character(cursor)
  if (to.codePointAt(0)! < from.codePointAt(0)!) cursor.fail('Illegal character range', cursor.at - 1)
  return `${literal(from)}-${literal(to)}`
}

function classMember(cursor: PatternCursor): string {
  cursor.take('\\')
  if (!cursor.take('Q')) return classEscape(cursor)
  const end = cursor.pattern.indexOf('\\E', cursor.at)
  if (end < 0) cursor.fail('Unclosed character class', cursor.pattern.length - 1)
  const quoted = cursor.pattern.slice(cursor.at, end)
  cursor.at = end + 2
  return [...quoted].map(literal).join('')
}

function character(cursor: PatternCursor): string {
  return cursor.take('\\') ? escapedCharacter(cursor) : cursor.next()
}

function escapedCharacter(cursor: PatternCursor): string {
  if (cursor.isAtEnd) cursor.fail('Unexpected internal error')
  const letter = cursor.next()
  if (letter === 'x')
    return hexadecimal(cursor, /\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2})/y, 'Illegal hexadecimal escape sequence')
  if (letter === 'u') return hexadecimal(cursor, /([0-9a-fA-F]{4})/y, 'Illegal Unicode escape sequence')
  if (letter === '0') return octal(cursor)
  if (letter === 'c') return String.fromCharCode(cursor.next().charCodeAt(0) ^ 64)
  if (Object.hasOwn(CONTROLS, letter)) return String.fromCharCode(CONTROLS[letter]!)
  if (/[A-Za-z0-9]/.test(letter)) cursor.fail('Illegal/unsupported escape sequence', cursor.at - 1)
  return letter
}

function hexadecimal(cursor: PatternCursor, digits: RegExp, complaint: string): string {
  const match = cursor.match(digits)
  const code = match === null ? Number.NaN : Number.parseInt(match[1] ?? match[2]!, 16)
  if (!(code <= 0x10ffff)) cursor.fail(complaint)
  return String.fromCodePoint(code)
}

function octal(cursor: PatternCursor): string {
  const digits = cursor.match(/[0-3]?[0-7]{1,2}/y)
  if (digits === null) cursor.fail('Illegal octal escape sequence')
  return String.fromCharCode(Number.parseInt(digits[0], 8))
}

/** `\p{…}`: a POSIX class, or one of Unicode's under Java's prefixes. */
function property(cursor: PatternCursor): string {
  const isNegated = cursor.next() === 'P'
  const name = cursor.match(/\{([^}]*)\}|([A-Za-z])/y)
  if (name === null) cursor.fail('Unknown character property name {}')
  const text = name[1] ?? name[2]!
  if (Object.hasOwn(POSIX_CLASSES, text)) return `[${isNegated ? '^' : ''}${POSIX_CLASSES[text]}]`
  const bare = text.replace(/^(Is|general_category=|gc=)/, '')
  for (const candidate of [bare, `Script=${bare}`]) {
    const source = `\\${isNegated ? 'P' : 'p'}{${candidate}}`
    if (isUnderstood(source)) return source
  }
  return cursor.fail(`Unknown character property name {${text}}`, cursor.at - 1)
}

function isUnderstood(source: string): boolean {
  try {
    return new RegExp(source, 'v') !== null
  } catch {
    return false
  }
}
