import { parseJavaInt } from './java-number.js'
import type { OptionSpec } from './kafka-options.js'

/** An option of a tool with sub-commands. */
export interface ArgSpec<Name extends string = string> extends OptionSpec<Name> {
  /** A letter that stands for it. */
  readonly short?: string
}

export interface ArgCommand<Name extends string = string> {
  readonly name: string
  readonly about: string
  readonly options: readonly ArgSpec<Name>[]
  /** Of these no more than one may be given. */
  readonly exclusive: readonly Name[]
  /** One of the exclusive options must be given. */
  readonly needsOne: boolean
}

/** The command line breaks a rule. The message is that of Kafka's parser, without the program's name. */
export class ArgError extends Error {
  override name = 'ArgError'
}

export interface GivenArgs<Name extends string> {
  readonly command: ArgCommand<Name>
  /** The last value of each; an empty text for a flag. */
  readonly values: ReadonlyMap<Name, string>
}

/**
 * Reads `COMMAND --name value -n value --name=value -nvalue`: first a command, then its options; null when help is asked for.
 * @throws ArgError with Kafka's text.
 */
export function parseArgs<Name extends string>(
  commands: readonly ArgCommand<Name>[],
  args: readonly string[],
): GivenArgs<Name> | null {
  const [name, ...rest] = args
  if (name === undefined) throw new ArgError('too few arguments')
  if (name === '--help' || name === '-h') return null
  if (name.startsWith('-')) throw unrecognized(name)
  const command = commands.find((candidate) => candidate.name === name)
  if (command === undefined) {
    const known = commands.map((candidate) => `'${candidate.name}'`).join(', ')
    throw new ArgError(`invalid choice: '${name}' (choose from ${known})`)
  }
  const values = readOptions(command, rest)
  return values === null ? null : { command, values }
}

function readOptions<Name extends string>(
  command: ArgCommand<Name>,
  args: readonly string[],
): Map<Name, string> | null {
  const values = new Map<Name, string>()
  for (let at = 0; at < args.length; ) {
    const word = args[at++]!
    if (word === '--help' || word === '-h') return null
    const found = findOption(command, word)
    if (found === null) throw unrecognized(word)
    const { spec, attached } = found
    const rival = command.exclusive.find((other) => other !== spec.name && values.has(other))
    if (command.exclusive.includes(spec.name) && rival !== undefined) {
      throw new ArgError(`argument ${shown(spec)}: not allowed with argument ${shownName(command, rival)}`)
    }
    if (spec.argument === undefined) values.set(spec.name, '')
    else {
      const value = attached ?? (isValue(args[at]) ? args[at++]! : null)
      if (value === null) throw new ArgError(`argument ${shown(spec)}: expected one argument`)
      values.set(spec.name, checked(spec, value))
    }
  }
  checkRequired(command, values)
  return values
}

function findOption<Name extends string>(
  { options }: ArgCommand<Name>,
  word: string,
): { spec: ArgSpec<Name>; attached: string | null } | null {
  const equals = word.indexOf('=')
  const name = equals < 0 ? word : word.slice(0, equals)
  for (const spec of options) {
    if (name === `--${spec.name}`) return { spec, attached: equals < 0 ? null : word.slice(equals + 1) }
    if (spec.short !== undefined && /^-[^-]/.test(word) && word[1] === spec.short) {
      return { spec, attached: word.length === 2 ? null : word.slice(2).replace(/^=/, '') }
    }
  }
  return null
}

/** A negative number is a value, any other word with a hyphen in front is an option. */
function isValue(word: string | undefined): word is string {
  return word !== undefined && (!word.startsWith('-') || word === '-' || /^-\d+$/.test(word))
}

function checked(spec: ArgSpec, value: string): string {
  if (spec.type !== 'int' || parseJavaInt(value) !== null) return value
  throw new ArgError(`argument ${shown(spec)}: could not convert '${value}' to Integer (For input string: "${value}")`)
}

function checkRequired<Name extends string>(command: ArgCommand<Name>, values: ReadonlyMap<Name, string>): void {
  const missing = command.options.find((spec) => spec.isRequired && !values.has(spec.name))
  if (missing !== undefined) throw new ArgError(`argument ${shown(missing)} is required`)
  if (!command.needsOne || command.exclusive.some((name) => values.has(name))) return
  const names = command.exclusive.map((name) => shownName(command, name)).join(' ')
  throw new ArgError(`one of the arguments ${names} is required`)
}

function unrecognized(word: string): ArgError {
  return new ArgError(`unrecognized arguments: '${word}'`)
}

function shown(spec: ArgSpec): string {
  return spec.short === undefined ? `--${spec.name}` : `--${spec.name}/-${spec.short}`
}

function shownName<Name extends string>(command: ArgCommand<Name>, name: Name): string {
  return shown(command.options.find((spec) => spec.name === name)!)
}
