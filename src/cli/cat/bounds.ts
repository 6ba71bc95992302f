import type { ClusterClient } from '../../client/cluster-client.js'
import { EARLIEST, LATEST, listOffsets } from '../../client/log-offsets.js'
import { partitionName } from '../../client/topic-partition.js'
import type { Place, Range } from './range.js'

/** Offsets of one partition to read: from the first, up to and without the second. */
export interface Bounds {
  readonly partition: number
  readonly from: number
  readonly to: number
}

/** What the range comes to in each partition, as the log is now. */
export async function findBounds(
  client: ClusterClient,
  topic: string,
  partitions: readonly number[],
  range: Range,
): Promise<Bounds[]> {
  const ask = async (timestamp: number): Promise<(partition: number) => number | null> => {
    const answers = await listOffsets(
      client,
      partitions.map((partition) => ({ topic, partition, timestamp })),
    )
    return (partition) => answers.get(partitionName({ topic, partition }))?.offset ?? null
  }
  const [start, end] = await Promise.all([ask(EARLIEST), ask(LATEST)])
  const resolve = async (place: Place | null, otherwise: typeof start): Promise<typeof start> => {
    if (place === null) return otherwise
    if ('offset' in place) return () => place.offset
    if ('fromEnd' in place) return (partition) => end(partition)! - place.fromEnd
    const atTime = await ask(place.timeMs)
    return (partition) => atTime(partition) ?? end(partition)
  }
  const [from, to] = await Promise.all([resolve(range.from, start), resolve(range.to, end)])
  return partitions.map((partition) => ({
    partition,
    from: Math.max(from(partition) ?? 0, start(partition) ?? 0),
    to: Math.min(to(partition) ?? 0, end(partition) ?? 0),
  }))
}
