import type { ClusterClient } from '../../client/cluster-client.js'
import { deleteTopics } from '../../client/topics.js'
import type { TopicsOptions } from './options.js'
import { requireMatch, selectTopics } from './selection.js'

export async function deleteSelected(client: ClusterClient, options: TopicsOptions): Promise<void> {
  const names = await selectTopics(client, options)
  requireMatch(names, options)
  await deleteTopics(client, names)
}
