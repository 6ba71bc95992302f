import { assert } from '../base/assert.js'
import type { ConfigDefinition } from '../protocol/configs/definition.js'
import { type ConfigValue, defaultValue, parseConfig } from '../protocol/configs/parse.js'
import { ConfigError } from './kafka-error.js'

/** A client's settings by Kafka's names, read and checked as Kafka does. */
export class Settings {
  readonly #values = new Map<string, ConfigValue | null>()

  /** @throws ConfigError with Kafka's text for the first value that is wrong. */
  constructor(
    definitions: readonly ConfigDefinition[],
    private readonly given: ReadonlyMap<string, string>,
  ) {
    for (const definition of definitions) this.#values.set(definition.name, settingValue(definition, given))
  }

  isGiven(name: string): boolean {
    return this.given.has(name)
  }

  number(name: string): number {
    const value = this.#value(name)
    assert(typeof value === 'number', `${name} is no number`)
    return value
  }

  isTrue(name: string): boolean {
    return this.#value(name) === true
  }

  text(name: string): string | null {
    const value = this.#value(name)
    return value === null ? null : String(value)
  }

  list(name: string): readonly string[] {
    return [this.#value(name) ?? []].flat().map(String)
  }

  #value(name: string): ConfigValue | null {
    const value = this.#values.get(name)
    assert(value !== undefined, `${name} is not defined`)
    return value
  }
}

function settingValue(definition: ConfigDefinition, given: ReadonlyMap<string, string>): ConfigValue | null {
  const text = given.get(definition.name)
  if (text === undefined) return defaultValue(definition)
  const parsed = parseConfig(definition, text)
  if (!parsed.ok) throw new ConfigError(parsed.message)
  return parsed.value
}
