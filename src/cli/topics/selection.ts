import type { ClusterClient } from '../../client/cluster-client.js'
import { listTopics, type TopicListing } from '../../client/topics.js'
import { JavaError } from '../java-error.js'
import { isInternalTopic, topicFilter } from '../topic-filter.js'
import type { TopicsOptions } from './options.js'

/** The names that --topic and --exclude-internal select, in code-unit order. */
export async function selectTopics(client: ClusterClient, options: TopicsOptions): Promise<string[]> {
  return (await selectListings(client, options)).map(({ name }) => name)
}

/** The same topics, with all that a listing says of them. */
export async function selectListings(client: ClusterClient, options: TopicsOptions): Promise<TopicListing[]> {
  const topics = await shownTopics(client, options)
  const filter = options.text('topic')
  const isSelected = filter === undefined ? () => true : topicFilter(filter)
  return topics
    .filter(({ name }) => isSelected(name) && !(options.has('exclude-internal') && isInternalTopic(name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

export async function shownTopics(client: ClusterClient, options: TopicsOptions): Promise<TopicListing[]> {
  const topics = await listTopics(client)
  return topics.filter(({ isInternal }) => !(isInternal && options.has('exclude-internal')))
}

/** --topic selects nothing. */
export class NoSuchTopic extends JavaError {
  constructor(readonly wanted: string) {
    super('java.lang.IllegalArgumentException', `Topic '${wanted}' does not exist as expected`)
  }
}

/** @throws NoSuchTopic when --topic, unless empty, selects nothing and --if-exists does not allow that. */
export function requireMatch(names: readonly string[], options: TopicsOptions): void {
  const wanted = options.text('topic') ?? ''
  if (names.length > 0 || wanted === '' || options.has('if-exists')) return
  throw new NoSuchTopic(wanted)
}
