import type { MetadataImage } from './metadata-image.js'

const LENGTH_MAX = 249
export const METADATA_TOPIC = '__cluster_metadata'
const INTERNAL: ReadonlySet<string> = new Set(['__consumer_offsets', '__transaction_state', '__share_group_state'])

/** Whether Kafka keeps the topic for itself. */
export function isInternalTopic(name: string): boolean {
  return INTERNAL.has(name)
}

/** null, or Kafka's words for what is wrong with the name. */
export function topicNameProblem(name: string): string | null {
  if (name === '') return 'Topic name is invalid: the empty string is not allowed'
  if (name === '.' || name === '..') return `Topic name is invalid: '${name}' is not allowed`
  if (name.length > LENGTH_MAX)
    return `Topic name is invalid: the length of '${name}' is longer than the max allowed length ${LENGTH_MAX}`
  if (!/^[a-zA-Z0-9._-]+$/.test(name))
    return `Topic name is invalid: '${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`
  return null
}

/** A topic whose name differs from `name` only in dots and underscores: metric names would be the same for both. */
export function collidingTopic(image: MetadataImage, name: string): string | null {
  if (!/[._]/.test(name)) return null
  const flattened = flatten(name)
  for (const topic of image.topics()) {
    if (topic.name !== name && flatten(topic.name) === flattened) return topic.name
  }
  return null
}

function flatten(name: string): string {
  return name.replaceAll('.', '_')
}
