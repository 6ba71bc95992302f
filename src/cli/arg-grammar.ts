import type { OptionSpec } from './kafka-options.js'

/** An option of the tools whose command lines follow argparse4j. */
export interface ArgSpec<Name extends string = string> extends OptionSpec<Name> {
  /** A letter that stands for it. */
  readonly short?: string
  /** The only values there are. */
  readonly choices?: readonly string[]
  /** Takes all words up to the next option, at least one. */
  readonly takesSeveral?: boolean
}

/** The options that may stand in one place of a command line. */
export interface ArgLevel<Name extends string = string> {
  readonly options: readonly ArgSpec<Name>[]
  /** Of these no more than one may be given. */
  readonly exclusive: readonly Name[]
  /** One of the exclusive options must be given. */
  readonly needsOne: boolean
}

export interface ArgCommand<Name extends string = string> extends ArgLevel<Name> {
  readonly name: string
  readonly about: string
}

/** `OPTION… COMMAND OPTION…`; a tool without commands has the first options only. */
export interface ArgGrammar<Name extends string = string> extends ArgLevel<Name> {
  readonly commands: readonly ArgCommand<Name>[]
}

/** What was given. */
export class ArgValues<Name extends string> {
  readonly #values: ReadonlyMap<Name, readonly string[]>

  constructor(values: ReadonlyMap<Name, readonly string[]>) {
    this.#values = values
  }

  has(name: Name): boolean {
    return this.#values.has(name)
  }

  /** The last value; an empty text for a flag. */
  get(name: Name): string | undefined {
    return this.#values.get(name)?.at(-1)
  }

  /** For an option that was checked to be a number; beyond 2^53 the nearest that there is. */
  number(name: Name): number | undefined {
    const text = this.get(name)
    return text === undefined ? undefined : Number(text)
  }

  all(name: Name): readonly string[] {
    return this.#values.get(name) ?? []
  }
}

export const NO_OPTIONS = { options: [], exclusive: [], needsOne: false } as const

/** `--name/-n`: how messages call an option. */
export function argName(spec: ArgSpec): string {
  return spec.short === undefined ? `--${spec.name}` : `--${spec.name}/-${spec.short}`
}
