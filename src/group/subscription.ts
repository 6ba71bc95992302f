import { MalformedBytes } from '../bytes/malformed.js'
import { Reader } from '../bytes/reader.js'
import { readMessage } from '../protocol/codec.js'
import { ConsumerProtocolSubscription } from '../protocol/state/consumer-protocol.js'
import type { Group } from './group.js'
import { metadataFor } from './members.js'

/** The topics that the members of a consumer group read; null where that is not to be known. */
export function subscribedTopics(group: Group): ReadonlySet<string> | null {
  if (!group.usesConsumerProtocol) return null
  if (group.members.count === 0) return new Set()
  if (group.protocolName === null) return null
  const topics = new Set<string>()
  for (const member of group.members) {
    const own = topicsIn(metadataFor(member, group.protocolName))
    if (own === null) return null
    for (const topic of own) topics.add(topic)
  }
  return topics
}

/** Any version begins as version 0 does, so that newer ones can be read too. */
function topicsIn(metadata: Buffer): readonly string[] | null {
  try {
    const reader = new Reader(metadata)
    if (reader.int16() < 0) return null
    return readMessage(ConsumerProtocolSubscription, 0, reader).topics
  } catch (error) {
    if (error instanceof MalformedBytes) return null
    throw error
  }
}
