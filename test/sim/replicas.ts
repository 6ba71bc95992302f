import { Metadata } from '../../src/protocol/messages/metadata.js'
import type { Client } from './client.js'
import { READ_COMMITTED, readAll } from './consumers.js'
import { hold, nameOf, type StoredRecord } from './ledger.js'
import type { Place } from './topics.js'

/** Whoever holds a replica serves what the leader does: the same records, and those of the same transactions left out. */
export async function checkReplicas(client: Client, place: Place, expected: readonly StoredRecord[]): Promise<void> {
  const { topics } = await client.ask(Metadata, 12, { topics: [{ name: place.topic }] }, () => [])
  const found = topics[0]?.partitions.find(({ partitionIndex }) => partitionIndex === place.partition)
  for (const id of found?.replicaNodes ?? []) {
    const stored = await readAll(client, place, READ_COMMITTED, client.world.hosts[id]!)
    for (let at = 0; at < Math.max(stored.length, expected.length); at++)
      hold(
        told(stored[at]) === told(expected[at]),
        () => `broker ${id} has ${told(stored[at])} in ${nameOf(place)}, where the leader has ${told(expected[at])}`,
      )
  }
}

function told(record: StoredRecord | undefined): string {
  return record === undefined ? 'nothing' : `${record.value} at ${record.offset}`
}
