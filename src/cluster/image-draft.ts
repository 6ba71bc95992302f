import type { Uuid } from '../bytes/uuid.js'
import type { PartitionImage, TopicImage } from './image.js'
import type { ImageParts } from './metadata-image.js'
import { ResourceType } from './resource-type.js'

/** An image in the making: a part is copied when it is first changed, so an operation pays only for what it touches. */
export class ImageDraft {
  #parts: { -readonly [P in keyof ImageParts]: ImageParts[P] }
  readonly #own = new Set<keyof ImageParts>()
  /** Their partitions are this draft's own. */
  readonly #ownTopics = new Map<Uuid, PartitionImage[]>()

  constructor(base: ImageParts) {
    this.#parts = { ...base }
  }

  get parts(): ImageParts {
    return this.#parts
  }

  set nextProducerId(value: bigint) {
    this.#parts.nextProducerId = value
  }

  /** The partitions of a topic, free to be changed: of ten thousand records of one topic each would copy them all otherwise. */
  partitionsOf(topic: TopicImage): PartitionImage[] {
    const known = this.#ownTopics.get(topic.id)
    if (known !== undefined && known === topic.partitions) return known
    const partitions = [...topic.partitions]
    this.#ownTopics.set(topic.id, partitions)
    this.setTopic({ ...topic, partitions })
    return partitions
  }

  setTopic(topic: TopicImage): void {
    this.writable('topicsByName').set(topic.name, topic)
    this.writable('topicsById').set(topic.id, topic)
  }

  /** The named map, free to be changed. */
  writable<P extends Exclude<keyof ImageParts, 'nextProducerId'>>(part: P): Writable<ImageParts[P]> {
    if (!this.#own.has(part)) {
      Object.assign(this.#parts, { [part]: new Map(this.#parts[part] as ReadonlyMap<unknown, unknown>) })
      this.#own.add(part)
    }
    return this.#parts[part] as unknown as Writable<ImageParts[P]>
  }
}

type Writable<M> = M extends ReadonlyMap<infer K, infer V> ? Map<K, V> : never

/** Where a resource's configs lie in `ImageParts.configs`. */
export function configKey(type: ResourceType, name: string): string {
  return `${type}:${name}`
}

export function dropTopicConfigs(draft: ImageDraft, topic: string): void {
  const key = configKey(ResourceType.TOPIC, topic)
  if (draft.parts.configs.has(key)) draft.writable('configs').delete(key)
}
