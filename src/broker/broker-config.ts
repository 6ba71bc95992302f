import { assert } from '../base/assert.js'
import { UserError } from '../base/user-error.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import { ALL_BROKERS, ResourceType } from '../cluster/resource-type.js'
import { brokerConfigs } from '../protocol/configs/broker.js'
import type { ConfigDefinition } from '../protocol/configs/definition.js'
import { type ConfigValue, defaultValue, parseConfig } from '../protocol/configs/parse.js'
import { replicationQuotaDefinitions } from '../protocol/configs/quota.js'

/** Set on a running broker only, and so not among the configs of a properties file. */
const quotaConfigs: ReadonlyMap<string, ConfigDefinition> = new Map(
  replicationQuotaDefinitions.map((definition) => [definition.name, definition]),
)
const LISTENER_PREFIX = /^listener\.name\.[^.]+\./
const NOTHING: ReadonlyMap<string, string> = new Map()

interface Settled {
  readonly value: ConfigValue | null
  readonly text: string | null
}

/**
 * The settings of one broker under Kafka's names. What holds is what was set for this broker while it runs, then what was
 * set so for all brokers, then what it was started with, then Kafka's default.
 */
export class BrokerConfig {
  readonly nodeId: number
  /** What the broker was started with, as text: its properties and klog's own starting values behind them. */
  readonly started: ReadonlyMap<string, string>
  #ofBroker = NOTHING
  #ofAllBrokers = NOTHING
  readonly #settled = new Map<string, Settled>()
  readonly #listeners = new Set<() => void>()

  /** @throws UserError when a setting's value is not allowed, in Kafka's words */
  constructor(options: {
    readonly nodeId: number
    readonly settings: ReadonlyMap<string, string>
    /** Starting values of klog's that differ from Kafka's defaults; `settings` stand before them. */
    readonly defaults?: ReadonlyMap<string, string>
  }) {
    this.nodeId = options.nodeId
    const started = new Map([...(options.defaults ?? []), ...options.settings])
    started.set('node.id', String(options.nodeId)).set('broker.id', String(options.nodeId))
    for (const [name, text] of started) {
      const definition = definitionOf(name)
      const parsed = definition === null ? null : parseConfig(definition, text)
      if (parsed?.ok === false) throw new UserError(parsed.message, `Correct ${name} in the broker's settings.`)
    }
    this.started = started
  }

  /** Whether Kafka knows a config of this name, be it for one listener (`listener.name.…`). */
  static isKnown(name: string): boolean {
    return definitionOf(name) !== null
  }

  boolean(name: string): boolean {
    return this.value(name) as boolean
  }

  /** Also for SHORT. */
  int(name: string): number {
    return this.value(name) as number
  }

  /** Saturated at 2^53 - 1, which is as good as never. */
  long(name: string): number {
    return this.value(name) as number
  }

  double(name: string): number {
    return this.value(name) as number
  }

  string(name: string): string {
    const value = this.value(name)
    assert(typeof value === 'string', `${name} is no text`)
    return value
  }

  list(name: string): readonly string[] {
    return (this.value(name) ?? []) as readonly string[]
  }

  /** For configs whose default is nothing, such as `log.retention.ms`. */
  numberOrNull(name: string): number | null {
    return this.value(name) as number | null
  }

  stringOrNull(name: string): string | null {
    return this.value(name) as string | null
  }

  /** The text that holds, whatever the name: also for configs that Kafka does not know. Null where nothing was set. */
  text(name: string): string | null {
    return this.#dynamicText(name) ?? this.started.get(name) ?? null
  }

  /** What was set while brokers ran, for this broker and for all of them. */
  get dynamic(): {
    readonly ofBroker: ReadonlyMap<string, string>
    readonly ofAllBrokers: ReadonlyMap<string, string>
  } {
    return { ofBroker: this.#ofBroker, ofAllBrokers: this.#ofAllBrokers }
  }

  /** Takes over what the metadata says about this broker; the metadata log calls it before anybody else hears of an image. */
  follow(image: MetadataImage): void {
    const ofBroker = image.configs(ResourceType.BROKER, String(this.nodeId))
    const ofAllBrokers = image.configs(ResourceType.BROKER, ALL_BROKERS)
    if (ofBroker === this.#ofBroker && ofAllBrokers === this.#ofAllBrokers) return
    this.#ofBroker = ofBroker
    this.#ofAllBrokers = ofAllBrokers
    this.#settled.clear()
    for (const listener of this.#listeners) listener()
  }

  /** Calls back after settings have changed. Returns a way to take it back. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The value by its type; null where nothing was set and nothing is the default. */
  value(name: string): ConfigValue | null {
    return this.#settle(name).value
  }

  /** The value as Kafka shows it, e.g. `7` for ` 007`. */
  shownText(name: string): string | null {
    return this.#settle(name).text
  }

  #settle(name: string): Settled {
    const known = this.#settled.get(name)
    if (known !== undefined) return known
    const definition = definitionOf(name)
    assert(definition !== null, `${name} is no broker config`)
    const settled = this.#parse(definition, name)
    this.#settled.set(name, settled)
    return settled
  }

  #parse(definition: ConfigDefinition, name: string): Settled {
    for (const text of [this.#dynamicText(name), this.started.get(name)]) {
      const parsed = text === undefined ? null : parseConfig(definition, text)
      if (parsed?.ok) return parsed
    }
    return { value: defaultValue(definition), text: definition.defaultText }
  }

  /** A read-only config that lies in the metadata all the same has no effect, as in Kafka. */
  #dynamicText(name: string): string | undefined {
    if (definitionOf(name)?.update === 'read-only') return undefined
    return this.#ofBroker.get(name) ?? this.#ofAllBrokers.get(name)
  }
}

/** Of a broker config, with or without the prefix of a listener; null where there is none. */
export function definitionOf(name: string): ConfigDefinition | null {
  const definition = brokerConfigs.get(name) ?? quotaConfigs.get(name)
  if (definition !== undefined) return definition
  return LISTENER_PREFIX.test(name) ? (brokerConfigs.get(name.replace(LISTENER_PREFIX, '')) ?? null) : null
}
