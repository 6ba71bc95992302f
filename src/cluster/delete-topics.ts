import { type Uuid, ZERO_UUID } from '../bytes/uuid.js'
import { ErrorCode } from '../protocol/errors.js'
import type { DeleteTopics } from '../protocol/messages/delete-topics.js'
import type { ReadRequest, WriteResponse } from '../protocol/schema.js'
import { type Charge, type ControllerSettings, type Decision, type Refusal, refusal } from './decision.js'
import type { MetadataImage } from './metadata-image.js'
import type { MetadataRecord } from './records.js'

export type DeleteTopicsRequest = ReadRequest<typeof DeleteTopics>
type Result = WriteResponse<typeof DeleteTopics>['responses'][number]

interface Asked {
  readonly name: string | null
  readonly topicId: Uuid
}

/** Topics are named, or given by id; each at most once. */
export function deleteTopics(
  image: MetadataImage,
  request: Pick<DeleteTopicsRequest, 'topics' | 'topicNames'>,
  settings: Pick<ControllerSettings, 'isTopicDeletionEnabled'>,
  charge: Charge = () => null,
): Decision<{ responses: Result[] }> {
  const asked = [...request.topicNames.map((name) => ({ name, topicId: ZERO_UUID })), ...request.topics]
  const records: MetadataRecord[] = []
  const naming = new Naming()
  for (const topic of asked) naming.count(topic)
  const answered = new Naming()
  const givenTwice = new Set<Uuid>()
  const responses: Result[] = []
  for (const topic of asked) {
    if (answered.count(topic) > 1 && isNamedOnce(topic)) continue
    const found = settings.isTopicDeletionEnabled
      ? find(image, topic, naming)
      : refusal(ErrorCode.TOPIC_DELETION_DISABLED)
    if ('errorCode' in found) {
      responses.push({ ...topic, ...found })
      continue
    }
    if (naming.hasBoth(found.name, found.topicId)) {
      // Once as a name and once as an id: there is one answer for the two.
      if (!givenTwice.has(found.topicId)) responses.push({ ...found, ...NAMED_TWICE })
      givenTwice.add(found.topicId)
      continue
    }
    const overQuota = charge(image.topicById(found.topicId)!.partitions.length)
    if (overQuota !== null) {
      responses.push({ ...found, ...overQuota })
      continue
    }
    records.push({ type: 'RemoveTopic', topicId: found.topicId })
    responses.push({ ...found, errorCode: ErrorCode.NONE })
  }
  return { records, response: { responses } }
}

const NAMED_TWICE = refusal(
  ErrorCode.INVALID_REQUEST,
  'The provided topic name maps to an ID that was already supplied.',
)

/** What a request names, so that none of its topics has to be compared with all the others: there may be millions. */
class Naming {
  /** How often. Those that are given with an id as well count for nothing, and are known. */
  readonly #names = new Map<string, number>()
  /** Those without a name. */
  readonly #ids = new Map<Uuid, number>()

  /** Returns how often it has been counted by now. */
  count(topic: Asked): number {
    const { name, topicId } = topic
    const times = this.times(topic) + (name === null || topicId === ZERO_UUID ? 1 : 0)
    if (name === null) this.#ids.set(topicId, times)
    else this.#names.set(name, times)
    return times
  }

  times({ name, topicId }: Asked): number {
    return (name === null ? this.#ids.get(topicId) : this.#names.get(name)) ?? 0
  }

  hasBoth(name: string, topicId: Uuid): boolean {
    return this.#names.has(name) && this.#ids.has(topicId)
  }
}

function isNamedOnce({ name, topicId }: Asked): boolean {
  return (name === null) !== (topicId === ZERO_UUID)
}

function find(image: MetadataImage, asked: Asked, naming: Naming): { name: string; topicId: Uuid } | Refusal {
  const { name, topicId } = asked
  if (name === null && topicId === ZERO_UUID)
    return refusal(ErrorCode.INVALID_REQUEST, 'Neither topic name nor id were specified.')
  if (name !== null && topicId !== ZERO_UUID)
    return refusal(ErrorCode.INVALID_REQUEST, 'You may not specify both topic name and topic id.')
  if (naming.times(asked) > 1)
    return refusal(ErrorCode.INVALID_REQUEST, `Duplicate topic ${name === null ? 'id' : 'name'}.`)
  const topic = name === null ? image.topicById(topicId) : image.topic(name)
  if (topic === null) return refusal(name === null ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  return { name: topic.name, topicId: topic.id }
}
