import type { ClusterClient } from '../../client/cluster-client.js'
import { describeTopics } from '../../client/topic-descriptions.js'
import { createPartitions } from '../../client/topics.js'
import { parseAssignment } from './assignment.js'
import type { TopicsOptions } from './options.js'
import { requireMatch, selectTopics } from './selection.js'

/** Gives every selected topic --partitions partitions. --replica-assignment lists all of them; the existing ones stay. */
export async function alter(client: ClusterClient, options: TopicsOptions): Promise<void> {
  const totalCount = options.int('partitions')!
  const assignments = parseAssignment(options.text('replica-assignment') ?? '')
  const names = await selectTopics(client, options)
  requireMatch(names, options)
  if (names.length === 0) return
  const descriptions = await describeTopics(client, names)
  const wanted = names.map((name) => {
    const topic = descriptions.get(name)
    if (topic === undefined || topic instanceof Error) throw topic ?? new Error(`${name} was not described`)
    const added = assignments.length === 0 ? null : assignments.slice(topic.partitions.length)
    return { name, totalCount, assignments: added }
  })
  await createPartitions(client, wanted)
}
