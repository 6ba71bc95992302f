import type { Uuid } from '../bytes/uuid.js'
import { ErrorCode } from '../protocol/errors.js'
import { Metadata } from '../protocol/messages/metadata.js'
import type { ReadResponse } from '../protocol/schema.js'
import type { ClusterClient } from './cluster-client.js'

export interface LedTopic {
  readonly name: string
  readonly topicId: Uuid
  readonly isInternal: boolean
  /** By partition number; -1 where there is no leader. */
  readonly leaders: readonly number[]
}

export interface TopicLeadersOptions {
  /** Asking about a topic that does not exist may create it, if the broker is set so. */
  readonly createsTopics: boolean
  /** Told about topics of which the brokers cannot say all: the error by topic name. */
  readonly onIssues?: (issues: ReadonlyMap<string, ErrorCode>) => void
}

/** Which broker leads which partition, for the topics asked about, as far as known. */
export class TopicLeaders {
  readonly #client: ClusterClient
  readonly #options: TopicLeadersOptions
  #topics = new Map<string, LedTopic>()
  #issues: ReadonlyMap<string, ErrorCode> = new Map()
  #refreshedAtMs = Number.NEGATIVE_INFINITY

  constructor(client: ClusterClient, options: TopicLeadersOptions) {
    this.#client = client
    this.#options = options
  }

  /** Null until the brokers have told, or when they say that there is none. */
  topic(name: string): LedTopic | null {
    return this.#topics.get(name) ?? null
  }

  get topics(): Iterable<LedTopic> {
    return this.#topics.values()
  }

  /** What was wrong with a topic in the last answer; NONE if nothing was. */
  issue(name: string): ErrorCode {
    return this.#issues.get(name) ?? ErrorCode.NONE
  }

  get issues(): ReadonlyMap<string, ErrorCode> {
    return this.#issues
  }

  /** How long ago the brokers were asked last, in milliseconds. */
  get ageMs(): number {
    return this.#client.clock.monotonicMs() - this.#refreshedAtMs
  }

  /**
   * Asks about `names`, or all topics.
   * @throws KafkaError when no broker answers in `timeoutMs`.
   */
  async refresh(names: readonly string[] | null, timeoutMs: number): Promise<void> {
    const request = {
      topics: names === null ? null : names.map((name) => ({ name })),
      allowAutoTopicCreation: this.#options.createsTopics,
    }
    const response = await this.#client.run(
      'metadata',
      'any',
      ({ connection, timeoutMs }) => connection.call(Metadata, request, { timeoutMs }),
      timeoutMs,
    )
    this.#client.noteMetadata(response)
    this.#note(response.topics)
    this.#refreshedAtMs = this.#client.clock.monotonicMs()
    if (this.#issues.size > 0) this.#options.onIssues?.(this.#issues)
  }

  #note(topics: ReadResponse<typeof Metadata>['topics']): void {
    const issues = new Map<string, ErrorCode>()
    const known = new Map<string, LedTopic>()
    for (const topic of topics) {
      const name = topic.name ?? ''
      const issue = topic.errorCode || partitionIssue(topic.partitions)
      if (issue !== ErrorCode.NONE) issues.set(name, issue)
      if (topic.errorCode === ErrorCode.NONE) known.set(name, ledTopic(name, topic))
    }
    this.#topics = known
    this.#issues = issues
  }
}

type MetadataTopic = ReadResponse<typeof Metadata>['topics'][number]

/** Partitions are numbered without gaps: a number beyond their count is nonsense, and no reason to make a list so long. */
function ledTopic(name: string, { topicId, isInternal, partitions }: MetadataTopic): LedTopic {
  const leaders = Array<number>(partitions.length).fill(-1)
  for (const { partitionIndex, leaderId, errorCode } of partitions) {
    if (partitionIndex < 0 || partitionIndex >= leaders.length) continue
    leaders[partitionIndex] = errorCode === ErrorCode.LEADER_NOT_AVAILABLE ? -1 : leaderId
  }
  return { name, topicId, isInternal, leaders }
}

function partitionIssue(partitions: MetadataTopic['partitions']): ErrorCode {
  return partitions.find(({ errorCode }) => errorCode === ErrorCode.LEADER_NOT_AVAILABLE)?.errorCode ?? ErrorCode.NONE
}
