import { JavaError } from './java-error.js'

/** What a reader of a pattern needs: the text, how far it is, and how to refuse it. */
export class PatternCursor {
  at = 0

  constructor(readonly pattern: string) {}

  get isAtEnd(): boolean {
    return this.at >= this.pattern.length
  }

  peek(length = 1): string {
    return this.pattern.slice(this.at, this.at + length)
  }

  /** The next character, a surrogate pair as one. */
  next(): string {
    const code = this.pattern.codePointAt(this.at)
    const char = code === undefined ? '' : String.fromCodePoint(code)
    this.at += char.length
    return char
  }

  take(text: string): boolean {
    const matches = this.pattern.startsWith(text, this.at)
    if (matches) this.at += text.length
    return matches
  }

  /** What `sticky` (a regular expression with the flag y) matches here, or null. */
  match(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.at
    const match = sticky.exec(this.pattern)
    if (match !== null) this.at += match[0].length
    return match
  }

  fail(what: string, index = this.at): never {
    const near = index >= 0 ? ` near index ${index}` : ''
    const caret = index >= 0 && index < this.pattern.length ? `\n${' '.repeat(index)}^` : ''
    throw new JavaError('java.util.regex.PatternSyntaxException', `${what}${near}\n${this.pattern}${caret}`)
  }
}
