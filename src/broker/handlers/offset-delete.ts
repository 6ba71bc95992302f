import { type DeleteOffsetsAnswer, deleteOffsets } from '../../group/deletion.js'
import { ErrorCode } from '../../protocol/errors.js'
import { OffsetDelete } from '../../protocol/messages/offset-delete.js'
import { handle } from '../handler.js'

/** A group forgets how far it has read some partitions. */
export const offsetDelete = handle(OffsetDelete, '0', async ({ groupId, topics }, { broker }) => {
  const isThere = (name: string, index: number): boolean => broker.metadata.image.partition(name, index) !== null
  const asked = topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => partitionIndex),
  }))
  const existing = asked.map(({ name, partitions }) => ({
    name,
    partitions: partitions.filter((index) => isThere(name, index)),
  }))
  const answer = await broker.groups.askNamed<DeleteOffsetsAnswer>(
    groupId,
    (turn, asker) => deleteOffsets(turn, { asker, groupId, topics: existing }),
    (errorCode) => ({ errorCode, topics: [] }),
  )
  if (answer.errorCode !== ErrorCode.NONE) return { errorCode: answer.errorCode, topics: [] }
  return {
    errorCode: ErrorCode.NONE,
    topics: asked.map(({ name, partitions }, at) => {
      const deleted = new Map(answer.topics[at]!.partitions.map((one) => [one.partitionIndex, one.errorCode]))
      return {
        name,
        partitions: partitions.map((partitionIndex) => ({
          partitionIndex,
          errorCode: deleted.get(partitionIndex) ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
        })),
      }
    }),
  }
})
