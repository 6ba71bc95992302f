import type { ClusterClient } from '../../client/cluster-client.js'
import type { ToolIo } from '../tool.js'
import type { TopicsOptions } from './options.js'
import { selectTopics } from './selection.js'

/** A name a line; without any topic an empty line, as Kafka prints. */
export async function list(client: ClusterClient, options: TopicsOptions, io: ToolIo): Promise<void> {
  const names = await selectTopics(client, options)
  io.stdout.line(names.join('\n'))
}
