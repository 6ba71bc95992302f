import { ErrorCode } from '../../src/protocol/errors.js'
import { DeleteRecords } from '../../src/protocol/messages/delete-records.js'
import { type Client, passes } from './client.js'
import { LATEST, offsetOf, READ_UNCOMMITTED } from './consumers.js'
import { hold, nameOf } from './ledger.js'
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
    if (told?.errorCode === ErrorCode.NONE) {
      const { lowWatermark } = told
      hold(lowWatermark >= offset, () => `${nameOf(place)} begins at ${lowWatermark}, not at ${offset}`)
      // A replica that was away meanwhile may lead later, and begin before that, in Kafka too.
      if (!client.isInCluster) logStart(lowWatermark)
    } else if (told !== undefined && !isForLater(client, told.errorCode))
      client.protest('deleting records', told.errorCode)
  }
}

/** A new leader may not have heard how far its predecessor's records were committed. */
function isForLater(client: Client, errorCode: ErrorCode): boolean {
  return passes(errorCode) || (client.isInCluster && errorCode === ErrorCode.OFFSET_OUT_OF_RANGE)
}
