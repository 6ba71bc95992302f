import type { Uuid } from '../../bytes/uuid.js'
import type { ErrorCode } from '../../protocol/errors.js'
import type { ClusterClient } from '../cluster-client.js'
import { TopicLeaders } from '../topic-leaders.js'
import type { ConsumerConfig } from './config.js'

/** Topics by name, or all whose name matches. */
export type TopicChoice = { readonly names: readonly string[] } | { matches(name: string): boolean }

export interface SubscriptionOptions {
  readonly client: ClusterClient
  readonly config: ConsumerConfig
  readonly choice: TopicChoice
  readonly onTopicIssues: (issues: ReadonlyMap<string, ErrorCode>) => void
}

/** What a consumer wants to read, as the cluster has it at the moment. */
export class Subscription {
  readonly #options: SubscriptionOptions
  readonly #leaders: TopicLeaders

  constructor(options: SubscriptionOptions) {
    this.#options = options
    const { client, config, onTopicIssues } = options
    this.#leaders = new TopicLeaders(client, { createsTopics: config.createsTopics, onIssues: onTopicIssues })
  }

  /** Asks the brokers. @throws KafkaError when none answers in time. */
  async refresh(): Promise<void> {
    const { choice, config } = this.#options
    await this.#leaders.refresh('names' in choice ? choice.names : null, config.client.requestTimeoutMs)
  }

  /** Wanted topics: those named whether they exist or not, otherwise those that match. */
  get topics(): readonly string[] {
    const { choice, config } = this.#options
    if ('names' in choice) return choice.names
    return [...this.#leaders.topics]
      .filter(({ name, isInternal }) => !(isInternal && config.hidesInternalTopics) && choice.matches(name))
      .map(({ name }) => name)
      .sort()
  }

  /** The wanted topics that exist and how many partitions they have, as text to compare. */
  get shape(): string {
    return JSON.stringify(this.topics.map((name) => [name, this.#leaders.topic(name)?.leaders.length ?? 0]))
  }

  /** What is wrong with topics that were asked for by name. */
  get issues(): ReadonlyMap<string, ErrorCode> {
    return 'names' in this.#options.choice ? this.#leaders.issues : new Map()
  }

  get ageMs(): number {
    return this.#leaders.ageMs
  }

  topicId(name: string): Uuid | null {
    return this.#leaders.topic(name)?.topicId ?? null
  }
}
