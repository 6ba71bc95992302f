import { ErrorCode } from '../../src/protocol/errors.js'
import { DeleteRecords } from '../../src/protocol/messages/delete-records.js'
import { type Client, passes } from './client.js'
import { LATEST, offsetOf, READ_UNCOMMITTED } from './consumers.js'
import { nameOf } from './ledger.js'
import type { Place } from './topics.js'

/** Deletes records from the front of partitions, over whatever transactions are open there. */
export async function trim(client: Client, places: readonly Place[], count: number): Promise<void> {
  for (let done = 0; done < count; done++) {
    await client.pause(800)
    const place = client.oneOf(places)
    const end = await offsetOf(client, place, LATEST, READ_UNCOMMITTED)
    const offset = client.random.int(end + 1)
    const logStart = client.world.ledger.asks('log start', place)
    const topics = [{ name: place.topic, partitions: [{ partitionIndex: place.partition, offset }] }]
    const answer = await client.leader(place).attempt(DeleteRecords, 2, { topics, timeoutMs: 1000 })
    const told = answer?.topics[0]?.partitions[0]
    client.tell(() => `deletes ${nameOf(place)} up to ${offset} -> ${told?.errorCode}, from ${told?.lowWatermark} on`)
    if (told?.errorCode === ErrorCode.NONE) logStart(told.lowWatermark)
    else if (told !== undefined && !passes(told.errorCode)) client.protest('deleting records', told.errorCode)
  }
}
