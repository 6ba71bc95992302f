import { parseJavaInt, parseJavaLong } from './java-number.js'

/** One option of a Kafka tool, as data: parsing, the option table and the shell's completions read it. */
export interface OptionSpec<Name extends string = string> {
  readonly name: Name
  /** Absent: a flag. */
  readonly argument?: 'required' | 'optional'
  /** What the argument is; text unless said. Numbers are checked when they are read, as Kafka does. */
  readonly type?: 'short' | 'int' | 'long' | 'double'
  /** Stands for the argument in the option table, e.g. `host:port`. */
  readonly value?: string
  readonly about: string
  /** Refused unless at least one of these options is given too. */
  readonly availableWith?: readonly Name[]
  /** Parsing fails without it, except together with --help or --version. */
  readonly isRequired?: boolean
}

/** The command line breaks a rule of the option parser. The message is Kafka's. */
export class OptionError extends Error {
  override name = 'OptionError'

  constructor(
    message: string,
    /** The option that is not known, if that is the trouble. */
    readonly unknownOption: string | null = null,
    /** What Kafka's parser raises, where a tool prints that one. */
    readonly javaClass: string | null = null,
  ) {
    super(message)
  }
}

/** Keeps the names of the options as a type, so that asking for one that does not exist does not compile. */
export function optionSpecs<const Name extends string>(
  specs: readonly OptionSpec<Name>[],
): readonly OptionSpec<Name>[] {
  return specs
}

/**
 * Reads a command line by the rules of Kafka's tools: `--name value`, `--name=value`, `-name value`; whole names only; a
 * required argument is the next word, whatever it looks like; words that belong to no option are ignored.
 * @throws OptionError on an unknown option, a missing argument, an option that needs another one.
 */
export function parseOptions<Name extends string>(
  specs: readonly OptionSpec<Name>[],
  args: readonly string[],
): Options<Name> {
  const known = new Map<string, OptionSpec<Name>>(specs.map((spec) => [spec.name, spec]))
  const given = new Map<Name, string[]>()
  const order: Name[] = []
  const words: string[] = []
  for (let at = 0; at < args.length; ) {
    const word = args[at++]!
    if (word === '--') break
    if (!looksLikeOption(word)) {
      words.push(word)
      continue
    }
    const { name, attached } = splitWord(word)
    const spec = known.get(name)
    if (spec === undefined) throw unknownOption(word, name)
    const values = given.get(spec.name) ?? []
    given.set(spec.name, values)
    order.push(spec.name)
    if (spec.argument === undefined) continue
    if (attached !== null) values.push(attached)
    else if (spec.argument === 'required') {
      if (at === args.length) throw new OptionError(`Option ${name} requires an argument`)
      values.push(args[at++]!)
    } else if (at < args.length && !looksLikeOption(args[at]!)) values.push(args[at++]!)
  }
  const options = new Options(specs, given, order, words)
  checkRequired(specs, options)
  checkAvailable(specs, options)
  return options
}

/** What was given on a command line. Asking for a single value throws OptionError when there are several. */
export class Options<Name extends string> {
  readonly #specs: readonly OptionSpec<Name>[]
  readonly #given: ReadonlyMap<Name, readonly string[]>

  constructor(
    specs: readonly OptionSpec<Name>[],
    given: ReadonlyMap<Name, readonly string[]>,
    /** Every option in the order of the command line, as often as it was given. */
    readonly order: readonly Name[],
    /** What belongs to no option. Kafka's tools do not look at it. */
    readonly words: readonly string[] = [],
  ) {
    this.#specs = specs
    this.#given = given
  }

  has(name: Name): boolean {
    return this.#given.has(name)
  }

  hasArgument(name: Name): boolean {
    return this.texts(name).length > 0
  }

  texts(name: Name): readonly string[] {
    return this.#given.get(name) ?? []
  }

  text(name: Name): string | undefined {
    return single(name, this.texts(name))
  }

  int(name: Name): number | undefined {
    return single(name, this.#numbers(name, parseJavaInt))
  }

  /** Beyond 2^53 the nearest number that is still exact. */
  long(name: Name): number | undefined {
    return single(name, this.#numbers(name, parseJavaLong))
  }

  /** All values; a tool of Kafka's takes the first of several in places. */
  longs(name: Name): readonly number[] {
    return this.#numbers(name, parseJavaLong)
  }

  /** The given options in the order in which the tool declares them. */
  given(): readonly Name[] {
    return this.#specs.map((spec) => spec.name).filter((name) => this.has(name))
  }

  #numbers(name: Name, parse: (text: string) => number | null): number[] {
    return this.texts(name).map((text) => {
      const value = parse(text)
      if (value === null) {
        const message = `Cannot parse argument '${text}' of option ${name}`
        throw new OptionError(message, null, 'joptsimple.OptionArgumentConversionException')
      }
      return value
    })
  }
}

function single<T>(name: string, values: readonly T[]): T | undefined {
  if (values.length > 1) {
    const message = `Found multiple arguments for option ${name}, but you asked for only one`
    throw new OptionError(message, null, 'joptsimple.MultipleArgumentsForOptionException')
  }
  return values[0]
}

function looksLikeOption(word: string): boolean {
  return word.startsWith('-') && word !== '-' && word !== '--'
}

function splitWord(word: string): { name: string; attached: string | null } {
  const body = word.replace(/^--?/, '')
  const equals = body.indexOf('=')
  return equals < 0 ? { name: body, attached: null } : { name: body.slice(0, equals), attached: body.slice(equals + 1) }
}

/** One dash starts a cluster of one-letter options where the whole word is no option, and no tool has such letters. */
function unknownOption(word: string, name: string): OptionError {
  const shown = word.startsWith('--') ? name : String.fromCodePoint(word.codePointAt(1)!)
  return new OptionError(`${shown} is not a recognized option`, name)
}

function checkRequired<Name extends string>(specs: readonly OptionSpec<Name>[], options: Options<Name>): void {
  if (specs.some((spec) => (spec.name === 'help' || spec.name === 'version') && options.has(spec.name))) return
  const missing = specs.filter((spec) => spec.isRequired && !options.has(spec.name))
  if (missing.length > 0) throw new OptionError(`Missing required option(s) ${bracketed(missing)}`)
}

function checkAvailable<Name extends string>(specs: readonly OptionSpec<Name>[], options: Options<Name>): void {
  const lone = specs.filter(
    (spec) =>
      spec.availableWith !== undefined &&
      options.has(spec.name) &&
      !spec.availableWith.some((other) => options.has(other)),
  )
  if (lone.length === 0) return
  throw new OptionError(`Option(s) ${bracketed(lone)} are unavailable given other options on the command line`)
}

function bracketed(specs: readonly OptionSpec[]): string {
  return `[${specs.map((spec) => spec.name).join(', ')}]`
}
