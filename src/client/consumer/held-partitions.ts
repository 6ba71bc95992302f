import { MalformedBytes } from '../../bytes/malformed.js'
import { Reader } from '../../bytes/reader.js'
import { Writer } from '../../bytes/writer.js'
import { readMessage, writeMessage } from '../../protocol/codec.js'
import { array, int32, message, string } from '../../protocol/schema.js'
import { byTopic, type TopicPartition } from '../topic-partition.js'
import type { AssignorName } from './config.js'
import type { MemberSubscription } from './member-metadata.js'

/** What a member was given last, and in which generation of the group. */
export interface HeldPartitions {
  readonly partitions: readonly TopicPartition[]
  readonly generationId: number
}

export const HOLDS_NOTHING: HeldPartitions = { partitions: [], generationId: -1 }

/** What a sticky assignor tells the leader beside the topics; v1 has the generation (KIP-341). */
const StickyUserData = message('StickyUserData', {
  versions: '0-1',
  flexible: 'none',
  fields: {
    previousAssignment: array('0+', { topic: string('0+'), partitions: array('0+', int32) }),
    generation: int32('1+', { default: -1 }),
  },
})

/**
 * What stands beside the topics in a subscription for this assignor. With `sticky` everything is given back before, and is
 * told here all the same; with `cooperative-sticky` it is told as owned, and the generation for old leaders (KIP-792).
 */
export function userDataFor(assignor: AssignorName, last: HeldPartitions): Buffer | null {
  const writer = new Writer()
  if (assignor === 'cooperative-sticky') writer.int32(last.generationId)
  else if (assignor !== 'sticky' || last.generationId < 0) return null
  else {
    const previousAssignment = [...byTopic(last.partitions)].map(([topic, mine]) => ({
      topic,
      partitions: mine.map(({ partition }) => partition),
    }))
    writeMessage(StickyUserData, 1, writer, { previousAssignment, generation: last.generationId })
  }
  return Buffer.concat(writer.chunks())
}

/** What a member says that it holds. Bytes that say nothing sensible hold nothing. */
export function heldBy(assignor: AssignorName, subscription: MemberSubscription): HeldPartitions {
  const { owned, generationId, userData } = subscription
  try {
    if (assignor === 'sticky') return userData === null ? HOLDS_NOTHING : readSticky(userData)
    if (generationId >= 0 || userData === null) return { partitions: owned, generationId }
    return { partitions: owned, generationId: new Reader(userData).int32() }
  } catch (error) {
    if (error instanceof MalformedBytes) return { partitions: owned, generationId }
    throw error
  }
}

function readSticky(bytes: Buffer): HeldPartitions {
  const held = (version: number): HeldPartitions => {
    const { previousAssignment, generation } = readMessage(StickyUserData, version, new Reader(bytes))
    const partitions = previousAssignment.flatMap((each) =>
      each.partitions.map((partition) => ({ topic: each.topic, partition })),
    )
    return { partitions, generationId: generation }
  }
  try {
    return held(1)
  } catch (error) {
    if (error instanceof MalformedBytes) return held(0)
    throw error
  }
}
