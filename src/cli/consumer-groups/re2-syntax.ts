const MISSING_PAREN = 'missing closing )'
const MISSING_BRACKET = 'missing closing ]'
const BAD_ESCAPE = 'invalid escape sequence'
const BAD_RANGE = 'invalid character class range'
const BAD_CAPTURE = 'invalid named capture'
const BAD_PERL = 'invalid or unsupported Perl syntax'
const BAD_REPEAT = 'invalid nested repetition operator'
const BAD_COUNT = 'invalid repeat count'
const NOTHING_TO_REPEAT = 'missing argument to repetition operator'
const UNOPENED = 'regexp/syntax: internal error'
const TRAILING_BACKSLASH = 'trailing backslash at end of expression'
const TWICE = 'duplicate capture group name'

const REPEAT_MAX = 1000
const CODE_POINT_MAX = 0x10ffff
const POSIX_CLASSES =
  /^\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/

/**
 * What keeps `pattern` from being a regular expression of RE2/J, the library with which brokers read the ones that consumers
 * subscribe with, in that library's words; null when nothing does.
 */
export function re2Problem(pattern: string): string | null {
  try {
    new SyntaxCheck(pattern).check()
    return null
  } catch (error) {
    if (error instanceof SyntaxProblem) return error.message
    throw error
  }
}

class SyntaxProblem extends Error {}

class SyntaxCheck {
  readonly #pattern: string
  readonly #names = new Set<string>()
  #at = 0
  #depth = 0

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  check(): void {
    /** Whether there is something that an operator could repeat, and whether it has been repeated. */
    let canRepeat = false
    let isRepeated = false
    while (!this.#isAtEnd) {
      const repeated = this.#repetition()
      if (repeated) {
        if (!canRepeat) throw new SyntaxProblem(NOTHING_TO_REPEAT)
        if (isRepeated) throw new SyntaxProblem(BAD_REPEAT)
        this.#skip('?')
        isRepeated = true
        continue
      }
      isRepeated = false
      canRepeat = this.#atom() ?? canRepeat
    }
    if (this.#depth > 0) throw new SyntaxProblem(MISSING_PAREN)
  }

  /** Moves behind one item; false when it is one that cannot be repeated, null when it is nothing at all. */
  #atom(): boolean | null {
    const char = this.#next()
    switch (char) {
      case '(':
        return this.#open()
      case ')':
        if (this.#depth-- === 0) throw new SyntaxProblem(UNOPENED)
        return true
      case '|':
        return false
      case '[':
        this.#characterClass()
        return true
      case '\\':
        if (this.#skip('Q\\E')) return null
        this.#escape()
        return true
      default:
        return true
    }
  }

  get #isAtEnd(): boolean {
    return this.#at >= this.#pattern.length
  }

  get #rest(): string {
    return this.#pattern.slice(this.#at)
  }

  #next(): string {
    const char = String.fromCodePoint(this.#pattern.codePointAt(this.#at)!)
    this.#at += char.length
    return char
  }

  #skip(text: string): boolean {
    const isThere = this.#pattern.startsWith(text, this.#at)
    if (isThere) this.#at += text.length
    return isThere
  }

  /** Moves behind `*`, `+`, `?` or a count in braces; braces with anything else in them are plain characters. */
  #repetition(): boolean {
    const match = /^(?:[*+?]|\{(\d+)(?:,(\d*))?\})/.exec(this.#rest)
    if (match === null) return false
    const [whole, min, max] = match
    const counts = [min, max].flatMap((text) => (text === undefined || text === '' ? [] : [Number(text)]))
    if (counts.some((count) => count > REPEAT_MAX) || (counts[1] ?? REPEAT_MAX) < (counts[0] ?? 0)) {
      throw new SyntaxProblem(BAD_COUNT)
    }
    this.#at += whole.length
    return true
  }

  #open(): boolean {
    const isNamed = /^\?P?</.exec(this.#rest)
    if (isNamed !== null) this.#captureName(isNamed[0].length)
    else if (this.#rest.startsWith('?')) return this.#flags()
    this.#depth++
    return false
  }

  #captureName(prefixLength: number): void {
    const end = this.#rest.indexOf('>')
    const name = this.#rest.slice(prefixLength, end)
    if (end < 0 || !/^\w+$/.test(name)) throw new SyntaxProblem(BAD_CAPTURE)
    if (this.#names.has(name)) throw new SyntaxProblem(TWICE)
    this.#names.add(name)
    this.#at += end + 1
  }

  #flags(): boolean {
    const match = /^\?[imsU]*(?:-[imsU]+)?([:)])/.exec(this.#rest)
    if (match === null) throw new SyntaxProblem(BAD_PERL)
    this.#at += match[0].length
    if (match[1] === ':') this.#depth++
    return false
  }

  #escape(): void {
    if (this.#isAtEnd) throw new SyntaxProblem(TRAILING_BACKSLASH)
    if (this.#rest.startsWith('Q')) this.#quotation()
    else if (/^[pP]/.test(this.#rest)) this.#unicodeClass()
    else if (/^[AzbBdDsSwW]/.test(this.#rest)) this.#at++
    else this.#characterEscape()
  }

  #quotation(): void {
    const end = this.#rest.indexOf('\\E')
    this.#at = end < 0 ? this.#pattern.length : this.#at + end + 2
  }

  /** `pL`, `p{Greek}`, `p{^Lu}`. */
  #unicodeClass(): void {
    const match = /^[pP](?:\{\^?(\w+)\}|([^{]))/u.exec(this.#rest)
    const name = match?.[1] ?? match?.[2]
    if (name === undefined || !isUnicodeClass(name)) throw new SyntaxProblem(BAD_RANGE)
    this.#at += match![0].length
  }

  /** The character that an escape stands for. */
  #characterEscape(): number {
    if (this.#isAtEnd) throw new SyntaxProblem(TRAILING_BACKSLASH)
    const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(this.#rest)
    if (octal !== null) return this.#taken(octal[0], Number.parseInt(octal[0], 8))
    const hex = /^x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]+)\})/.exec(this.#rest)
    if (hex !== null) {
      const value = Number.parseInt(hex[1] ?? hex[2]!, 16)
      if (value > CODE_POINT_MAX) throw new SyntaxProblem(BAD_ESCAPE)
      return this.#taken(hex[0], value)
    }
    const char = this.#next()
    const control = CONTROLS[char]
    if (control !== undefined) return control
    if (/^[0-9A-Za-z]$/.test(char)) throw new SyntaxProblem(BAD_ESCAPE)
    return char.codePointAt(0)!
  }

  #taken(text: string, value: number): number {
    this.#at += text.length
    return value
  }

  #characterClass(): void {
    this.#skip('^')
    for (let isFirst = true; isFirst || !this.#skip(']'); isFirst = false) {
      if (this.#isAtEnd) throw new SyntaxProblem(MISSING_BRACKET)
      if (!this.#namedClass()) this.#range()
    }
  }

  /** Moves behind `[:alpha:]`, `\d` or `\pL`. */
  #namedClass(): boolean {
    if (/^\[:.*:\]/s.test(this.#rest)) {
      const posix = POSIX_CLASSES.exec(this.#rest)
      if (posix === null) throw new SyntaxProblem(BAD_RANGE)
      this.#at += posix[0].length
      return true
    }
    if (/^\\[dDsSwW]/.test(this.#rest)) {
      this.#at += 2
      return true
    }
    if (!/^\\[pP]/.test(this.#rest)) return false
    this.#at++
    this.#unicodeClass()
    return true
  }

  #range(): void {
    const low = this.#classCharacter()
    if (!this.#rest.startsWith('-') || this.#rest.startsWith('-]')) return
    this.#at++
    if (this.#classCharacter() < low) throw new SyntaxProblem(BAD_RANGE)
  }

  #classCharacter(): number {
    if (this.#isAtEnd) throw new SyntaxProblem(MISSING_BRACKET)
    return this.#skip('\\') ? this.#characterEscape() : this.#next().codePointAt(0)!
  }
}

const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }

/** A general category or a script, by the names of the Unicode standard. */
function isUnicodeClass(name: string): boolean {
  if (name === 'Any') return true
  return isProperty(name.length <= 2 ? `gc=${name}` : `Script=${name}`)
}

function isProperty(expression: string): boolean {
  try {
    return new RegExp(`\\p{${expression}}`, 'u') instanceof RegExp
  } catch {
    return false
  }
}
