import { ZERO_UUID } from '../../bytes/uuid.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import { readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import type { ToolIo } from '../tool.js'
import { TOPIC_LIST } from './data.js'
import type { TopicsOptions } from './options.js'
import { selectListings } from './selection.js'

/** A name a line; without any topic an empty line, as Kafka prints. */
export async function list(client: ClusterClient, options: TopicsOptions, io: ToolIo): Promise<void> {
  const format = readFormat(options.text('output'))
  const topics = await selectListings(client, options)
  if (format === null) {
    io.stdout.line(topics.map(({ name }) => name).join('\n'))
    return
  }
  const rows = topics.map(({ name, id, isInternal, partitions }) => ({
    name,
    id: id === ZERO_UUID ? null : id,
    isInternal,
    partitionCount: partitions.length,
  }))
  await printData(io, format, TOPIC_LIST, rows)
}
