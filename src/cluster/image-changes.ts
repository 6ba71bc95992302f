import type { TopicImage } from './image.js'
import type { MetadataImage } from './metadata-image.js'

/** What differs between two images, as far as the holders of replicas care. */
export interface TopicChanges {
  /** New ones, and those of which a partition differs, as they are now. */
  readonly changed: readonly TopicImage[]
  /** As they were. One that was deleted and created again is in both lists: the id differs. */
  readonly deleted: readonly TopicImage[]
}

export function topicChanges(image: MetadataImage, previous: MetadataImage): TopicChanges {
  const [now, before] = [image.parts.topicsById, previous.parts.topicsById]
  if (now === before) return { changed: [], deleted: [] }
  return {
    changed: [...now.values()].filter((topic) => before.get(topic.id) !== topic),
    deleted: [...before.values()].filter((topic) => !now.has(topic.id)),
  }
}
