import { type ArgCommand, type ArgGrammar, type ArgLevel, type ArgSpec, ArgValues, argName } from './arg-grammar.js'
import { checkedArg } from './arg-types.js'
import { similarWords } from './similar-words.js'

/** The command line breaks a rule. The message is that of Kafka's parser, without the program's name. */
export class ArgError extends Error {
  override name = 'ArgError'

  constructor(
    message: string,
    /** What may have been meant. */
    readonly similar: readonly string[] = [],
  ) {
    super(message)
  }
}

export interface GivenArgs<Name extends string> {
  /** Empty for a tool without commands. */
  readonly command: string
  readonly values: ArgValues<Name>
}

/** A negative number is a value, any other word with a hyphen in front is an option. */
const NEGATIVE_NUMBER = /^-\d+$/

/**
 * Reads a command line by the rules of argparse4j: options and commands may be shortened as long as it is clear which is
 * meant, `--name value`, `--name=value`, `-n value`, `-nvalue`. Answers `help` or `version` as soon as that is asked for.
 * @throws ArgError with Kafka's text.
 */
export function parseArgs<Name extends string>(
  grammar: ArgGrammar<Name>,
  args: readonly string[],
): GivenArgs<Name> | 'help' | 'version' {
  return new Parse(grammar, args).run()
}

class Parse<Name extends string> {
  readonly #values = new Map<Name, string[]>()
  readonly #grammar: ArgGrammar<Name>
  readonly #args: readonly string[]
  #at = 0
  /** What is missing comes last: a wrong word anywhere is worse. */
  #missing: ArgError | null = null

  constructor(grammar: ArgGrammar<Name>, args: readonly string[]) {
    this.#grammar = grammar
    this.#args = args
  }

  run(): GivenArgs<Name> | 'help' | 'version' {
    const { commands } = this.#grammar
    const asked = this.#readOptions(this.#grammar)
    if (asked !== null) return asked
    const word = this.#args[this.#at]
    if (commands.length > 0 && word === undefined) throw new ArgError('too few arguments')
    if (word === '--') {
      const rest = this.#args.slice(this.#at + 1)
      if (rest.length > 0) throw new ArgError(`unrecognized arguments: '${rest.join(' ')}'`)
    } else if (commands.length === 0 && word !== undefined) throw unrecognized(this.#args.slice(this.#at).join(' '))
    this.#noteMissing(this.#grammar)
    const command = commands.length > 0 ? this.#command(word!) : null
    if (command !== null) {
      this.#at++
      const askedLater = this.#readOptions(command)
      if (askedLater !== null) return askedLater
      const rest = this.#args.slice(this.#args[this.#at] === '--' ? this.#at + 1 : this.#at)
      if (rest.length > 0) throw unrecognized(rest.join(' '))
      this.#noteMissing(command)
    }
    if (this.#missing !== null) throw this.#missing
    return { command: command?.name ?? '', values: new ArgValues(this.#values) }
  }

  /** Up to the first word that is no option. */
  #readOptions(level: ArgLevel<Name>): 'help' | 'version' | null {
    for (;;) {
      const word = this.#args[this.#at]
      if (word === undefined || !isOption(word)) return null
      this.#at++
      const asked = word.startsWith('--') ? this.#readLong(level, word) : this.#readShort(level, word)
      if (asked !== null) return asked
    }
  }

  #readLong(level: ArgLevel<Name>, word: string): 'help' | 'version' | null {
    const equals = word.indexOf('=')
    const flag = equals < 0 ? word : word.slice(0, equals)
    const known = ['--help', ...level.options.map(({ name }) => `--${name}`)]
    const found = known.includes(flag) ? [flag] : known.filter((name) => name.startsWith(flag))
    if (found.length > 1) throw new ArgError(`ambiguous option: ${flag} could match ${found.sort().join(', ')}`)
    if (found.length === 0) throw unrecognized(word, similarFlags(level, flag))
    const name = found[0]!.slice(2)
    const spec = level.options.find((option) => option.name === name)
    return spec === undefined ? 'help' : this.#take(level, spec, equals < 0 ? null : word.slice(equals + 1))
  }

  #readShort(level: ArgLevel<Name>, word: string): 'help' | 'version' | null {
    for (let i = 1; i < word.length; i++) {
      if (word[i] === 'h') return 'help'
      const spec = level.options.find(({ short }) => short === word[i])
      if (spec === undefined) throw unrecognized(word, word.length > 2 ? similarFlags(level, word) : [])
      const rest = word.slice(i + 1)
      const isLast = rest === '' || spec.argument !== undefined
      const asked = this.#take(level, spec, isLast && rest !== '' ? rest.replace(/^=/, '') : null)
      if (asked !== null || isLast) return asked
    }
    return null
  }

  #take(level: ArgLevel<Name>, spec: ArgSpec<Name>, attached: string | null): 'version' | null {
    if ((spec.name as string) === 'version') return 'version'
    const rival = level.exclusive.find((other) => other !== spec.name && this.#values.has(other))
    if (level.exclusive.includes(spec.name) && rival !== undefined) {
      const other = level.options.find(({ name }) => name === rival)!
      throw new ArgError(`argument ${argName(spec)}: not allowed with argument ${argName(other)}`)
    }
    const before = this.#values.get(spec.name) ?? []
    if (spec.argument === undefined) {
      if (attached !== null) throw new ArgError(`argument ${argName(spec)}: ignore implicit argument '${attached}'`)
      this.#values.set(spec.name, [''])
    } else this.#values.set(spec.name, [...before, ...this.#arguments(spec, attached)])
    return null
  }

  #arguments(spec: ArgSpec<Name>, attached: string | null): string[] {
    const words = attached === null ? [] : [attached]
    const most = attached !== null || !spec.takesSeveral ? 1 : Number.POSITIVE_INFINITY
    while (words.length < most && this.#at < this.#args.length && !isOption(this.#args[this.#at]!)) {
      if (this.#args[this.#at] === '--') break
      words.push(this.#args[this.#at++]!)
    }
    if (words.length === 0) {
      throw new ArgError(
        `argument ${argName(spec)}: ${spec.takesSeveral ? 'expected 1 argument(s)' : 'expected one argument'}`,
      )
    }
    for (const word of words) {
      const complaint = checkedArg(spec, word)
      if (complaint !== null) throw new ArgError(`argument ${argName(spec)}: ${complaint}`)
    }
    return words
  }

  #command(word: string): ArgCommand<Name> {
    const { commands } = this.#grammar
    const exact = commands.filter(({ name }) => name === word)
    const found = exact.length > 0 ? exact : commands.filter(({ name }) => word !== '' && name.startsWith(word))
    if (found.length === 1) return found[0]!
    const names = (list: readonly ArgCommand<Name>[]): string[] => list.map(({ name }) => name)
    if (found.length > 1) {
      throw new ArgError(`ambiguous command: ${word} could match ${names(found).sort().join(', ')}`)
    }
    const known = names(commands)
    const similar = similarWords(
      word,
      known.map((name) => ({ shown: name, body: name })),
    )
    throw new ArgError(
      `invalid choice: '${word}' (choose from ${known.map((name) => `'${name}'`).join(', ')})`,
      similar,
    )
  }

  /** Of several the last one that the tool declares is named. */
  #noteMissing(level: ArgLevel<Name>): void {
    if (this.#missing !== null) return
    const missing = level.options.findLast((spec) => spec.isRequired && !this.#values.has(spec.name))
    if (missing !== undefined) this.#missing = new ArgError(`argument ${argName(missing)} is required`)
    else if (level.needsOne && !level.exclusive.some((name) => this.#values.has(name))) {
      const names = level.exclusive.map((name) => argName(level.options.find((spec) => spec.name === name)!))
      this.#missing = new ArgError(`one of the arguments ${names.join(' ')} is required`)
    }
  }
}

function isOption(word: string): boolean {
  return word.startsWith('-') && word !== '-' && word !== '--' && !NEGATIVE_NUMBER.test(word)
}

function unrecognized(word: string, similar: readonly string[] = []): ArgError {
  return new ArgError(`unrecognized arguments: '${word}'`, similar)
}

function similarFlags(level: ArgLevel, flag: string): string[] {
  const names = ['help', ...level.options.map(({ name }) => name)]
  return similarWords(
    flag.replace(/^--?/, ''),
    names.map((name) => ({ shown: `--${name}`, body: name })),
  )
}
