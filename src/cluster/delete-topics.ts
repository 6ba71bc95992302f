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
  const naming = namingOf(asked)
  const answered = new Set<string>()
  const givenTwice = new Set<Uuid>()
  const responses: Result[] = []
  for (const topic of asked) {
    const key = keyOf(topic)
    if (answered.has(key) && isNamedOnce(topic)) continue
    answered.add(key)
    const found = settings.isTopicDeletionEnabled
      ? find(image, topic, naming)
      : refusal(ErrorCode.TOPIC_DELETION_DISABLED)
    if ('errorCode' in found) {
      responses.push({ ...topic, ...found })
      continue
    }
    if (isNamedToo(found, naming)) {
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
interface Naming {
  readonly times: ReadonlyMap<string, number>
  readonly names: ReadonlySet<string | null>
  /** Those without a name. */
  readonly ids: ReadonlySet<Uuid>
}

function namingOf(asked: readonly Asked[]): Naming {
  const times = new Map<string, number>()
  for (const topic of asked) times.set(keyOf(topic), (times.get(keyOf(topic)) ?? 0) + 1)
  const nameless = asked.filter(({ name }) => name === null)
  return {
    times,
    names: new Set(asked.map(({ name }) => name)),
    ids: new Set(nameless.map(({ topicId }) => topicId)),
  }
}

function keyOf({ name, topicId }: Asked): string {
  return name === null ? topicId : `${topicId} ${name}`
}

function isNamedToo({ name, topicId }: { name: string; topicId: Uuid }, { names, ids }: Naming): boolean {
  return names.has(name) && ids.has(topicId)
}

function isNamedOnce({ name, topicId }: Asked): boolean {
  return (name === null) !== (topicId === ZERO_UUID)
}

function find(image: MetadataImage, asked: Asked, { times }: Naming): { name: string; topicId: Uuid } | Refusal {
  const { name, topicId } = asked
  if (name === null && topicId === ZERO_UUID)
    return refusal(ErrorCode.INVALID_REQUEST, 'Neither topic name nor id were specified.')
  if (name !== null && topicId !== ZERO_UUID)
    return refusal(ErrorCode.INVALID_REQUEST, 'You may not specify both topic name and topic id.')
  if (times.get(keyOf(asked))! > 1)
    return refusal(ErrorCode.INVALID_REQUEST, `Duplicate topic ${name === null ? 'id' : 'name'}.`)
  const topic = name === null ? image.topicById(topicId) : image.topic(name)
  if (topic === null) return refusal(name === null ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  return { name: topic.name, topicId: topic.id }
}
