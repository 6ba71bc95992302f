import { characterClass, classEscape, literal } from './java-regex-class.js'
import { PatternCursor } from './java-regex-cursor.js'

/**
 * A regular expression of Java's as one of JavaScript's. What the two write differently (quotations, possessive quantifiers,
 * atomic groups, POSIX classes, intersections) is translated.
 * @throws JavaError with the text of Java's PatternSyntaxException.
 */
export function javaPattern(pattern: string): RegExp {
  return new PatternReader(pattern).read()
}

/** A test for whether all of a text matches, as `Matcher.matches()`. @throws JavaError as javaPattern. */
export function javaFullMatch(pattern: string): (text: string) => boolean {
  const { source, flags } = javaPattern(pattern)
  const whole = new RegExp(`^(?:${source})$`, flags.replace('m', ''))
  return (text) => whole.test(text)
}

/** As `String.split`: empty pieces at the end go, and so does an empty one that a match of nothing leaves at the start. */
export function javaSplit(text: string, separator: RegExp): string[] {
  const pieces: string[] = []
  let from = 0
  for (const match of text.matchAll(new RegExp(separator, `${separator.flags}g`))) {
    const end = match.index + match[0].length
    if (end === 0 || (match[0] === '' && match.index === text.length)) continue
    pieces.push(text.slice(from, match.index))
    from = end
  }
  if (from === 0 && pieces.length === 0) return [text]
  pieces.push(text.slice(from))
  while (pieces.length > 0 && pieces.at(-1) === '') pieces.pop()
  return pieces
}

const QUANTIFIER = /[*+?]|\{(\d+)(?:,(\d*))?\}/y
const COUNT = /\{(\d+)(?:,(\d*))?\}/y
const FLAGS = /\(\?([imsu]+)\)/y
const ANCHORS: Readonly<Record<string, string>> = { A: '^', z: '$', Z: '(?=[\\n\\r]?$)', b: '\\b', B: '\\B', G: '^' }
const LINE_BREAK = '(?:\\r\\n|[\\n\\v\\f\\r\\u0085\\u2028\\u2029])'

class PatternReader {
  readonly #cursor: PatternCursor
  /** The number of each named group. */
  readonly #names = new Map<string, number>()
  #groups = 0
  readonly #flags = new Set<string>()

  constructor(pattern: string) {
    this.#cursor = new PatternCursor(pattern)
  }

  read(): RegExp {
    this.#leadingFlags()
    const source = this.#alternatives()
    const cursor = this.#cursor
    if (!cursor.isAtEnd) cursor.fail("Unmatched closing ')'", cursor.at - 1)
    try {
      return new RegExp(source, `v${[...this.#flags].join('')}`)
    } catch {
      return cursor.fail('This regular expression cannot be used', -1)
    }
  }

  /** JavaScript has flags for a whole expression only. */
  #leadingFlags(): void {
    for (let match = this.#cursor.match(FLAGS); match !== null; match = this.#cursor.match(FLAGS)) {
      for (const flag of match[1]!) if (flag !== 'u') this.#flags.add(flag)
    }
  }

  /** Up to the end or a closing parenthesis, which stays. */
  #alternatives(): string {
    const cursor = this.#cursor
    let source = ''
    while (!cursor.isAtEnd && cursor.peek() !== ')') source += cursor.take('|') ? '|' : this.#quantified()
    return source
  }

  /** An atom and its quantifiers: one of any kind, then only counts may follow. */
  #quantified(): string {
    const cursor = this.#cursor
    let source = this.#atom()
    for (let quantifier = QUANTIFIER; ; quantifier = COUNT) {
      const match = cursor.match(quantifier)
      if (match === null) {
        if (cursor.peek() === '{') this.#refuseRepetition()
        return source
      }
      const [text, least, most] = match
      if (most && Number(least) > Number(most)) cursor.fail('Illegal repetition range', cursor.at - 1)
      const repeated = `(?:${source})${text}`
      if (cursor.take('+')) source = this.#atomic(repeated)
      else source = cursor.take('?') ? `${repeated}?` : repeated
    }
  }

  #refuseRepetition(): never {
    const cursor = this.#cursor
    const counted = cursor.match(/\{\d+,?\d*/y)
    if (counted !== null) cursor.fail('Unclosed counted closure')
    return cursor.fail('Illegal repetition', cursor.at + 1)
  }

  #atom(): string {
    const cursor = this.#cursor
    if (cursor.peek() === '(') return this.#group()
    if (cursor.take('[')) return characterClass(cursor)
    if (cursor.take('\\')) return this.#escape()
    if ('*+?'.includes(cursor.peek())) cursor.fail(`Dangling meta character '${cursor.peek()}'`)
    if (cursor.peek() === '{') this.#refuseRepetition()
    const char = cursor.next()
    return '.^$'.includes(char) ? char : literal(char)
  }

  #group(): string {
    const cursor = this.#cursor
    cursor.take('(')
    if (!cursor.take('?')) {
      this.#groups++
      return this.#closed(`(?<g${this.#groups}>`)
    }
    for (const open of [':', '=', '!', '<=', '<!']) if (cursor.take(open)) return this.#closed(`(?${open}`)
    if (cursor.take('>')) return this.#atomic(this.#closed('(?:'))
    if (cursor.take('<')) return this.#namedGroup()
    const letter = cursor.peek()
    if (/^[imsuxdU-]$/.test(letter))
      cursor.fail('Inline flags are understood at the start of a regular expression only')
    return cursor.fail('Unknown inline modifier')
  }

  #namedGroup(): string {
    const cursor = this.#cursor
    if (!/[A-Za-z]/.test(cursor.peek())) cursor.fail('capturing group name does not start with a Latin letter')
    const name = cursor.match(/[A-Za-z0-9]+/y)![0]
    if (!cursor.take('>')) cursor.fail("named capturing group is missing trailing '>'")
    if (this.#names.has(name)) cursor.fail(`Named capturing group <${name}> is already defined`, cursor.at - 1)
    this.#groups++
    this.#names.set(name, this.#groups)
    return this.#closed(`(?<g${this.#groups}>`)
  }

  #closed(open: string): string {
    const inside = this.#alternatives()
    if (!this.#cursor.take(')')) this.#cursor.fail('Unclosed group')
    return `${open}${inside})`
  }

  /** What a look-ahead has matched is not tried again: an atomic group, which JavaScript lacks. */
  #atomic(source: string): string {
    const name = `a${this.#cursor.at}`
    return `(?:(?=(?<${name}>${source}))\\k<${name}>)`
  }

  #escape(): string {
    const cursor = this.#cursor
    if (cursor.isAtEnd) cursor.fail('Unexpected internal error')
    if (cursor.take('Q')) return this.#quotation()
    const letter = cursor.peek()
    if (Object.hasOwn(ANCHORS, letter)) return ANCHORS[cursor.next()]!
    if (cursor.take('R')) return LINE_BREAK
    if (cursor.take('k')) return this.#namedReference()
    const reference = cursor.match(/[1-9]/y)
    if (reference !== null) return Number(reference[0]) <= this.#groups ? `\\k<g${reference[0]}>` : '(?!)'
    return classEscape(cursor)
  }

  #quotation(): string {
    const cursor = this.#cursor
    const end = cursor.pattern.indexOf('\\E', cursor.at)
    const quoted = cursor.pattern.slice(cursor.at, end < 0 ? undefined : end)
    cursor.at += quoted.length + (end < 0 ? 0 : 2)
    return [...quoted].map(literal).join('')
  }

  #namedReference(): string {
    const cursor = this.#cursor
    const name = cursor.match(/<([A-Za-z0-9]+)>/y)?.[1]
    if (name === undefined) return cursor.fail("\\k is not followed by '<' for named capturing group")
    const group = this.#names.get(name)
    return group === undefined
      ? cursor.fail(`named capturing group <${name}> does not exist`, cursor.at - 1)
      : `\\k<g${group}>`
  }
}
