import { ErrorCode } from '../protocol/errors.js'

/** In answers to requests below `below`, `from` is told as `to`: the older code that clients of that time act on rightly. */
interface OldCode {
  readonly apiKey: number
  readonly below: number
  readonly from: ErrorCode
  readonly to: ErrorCode
}

const OLD_CODES: readonly OldCode[] = [
  { apiKey: 0, below: 4, from: ErrorCode.KAFKA_STORAGE_ERROR, to: ErrorCode.NOT_LEADER_OR_FOLLOWER },
  // Topics had no ids: one that is not there was simply unknown.
  { apiKey: 0, below: 13, from: ErrorCode.UNKNOWN_TOPIC_ID, to: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION },
  { apiKey: 1, below: 13, from: ErrorCode.UNKNOWN_TOPIC_ID, to: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION },
  { apiKey: 1, below: 6, from: ErrorCode.KAFKA_STORAGE_ERROR, to: ErrorCode.NOT_LEADER_OR_FOLLOWER },
  { apiKey: 2, below: 5, from: ErrorCode.OFFSET_NOT_AVAILABLE, to: ErrorCode.LEADER_NOT_AVAILABLE },
  { apiKey: 3, below: 6, from: ErrorCode.LISTENER_NOT_FOUND, to: ErrorCode.LEADER_NOT_AVAILABLE },
  { apiKey: 8, below: 9, from: ErrorCode.GROUP_ID_NOT_FOUND, to: ErrorCode.ILLEGAL_GENERATION },
  // A group that does not exist was described as a dead one.
  { apiKey: 15, below: 6, from: ErrorCode.GROUP_ID_NOT_FOUND, to: ErrorCode.NONE },
  { apiKey: 20, below: 3, from: ErrorCode.TOPIC_DELETION_DISABLED, to: ErrorCode.INVALID_REQUEST },
  { apiKey: 22, below: 4, from: ErrorCode.PRODUCER_FENCED, to: ErrorCode.INVALID_PRODUCER_EPOCH },
  { apiKey: 24, below: 2, from: ErrorCode.PRODUCER_FENCED, to: ErrorCode.INVALID_PRODUCER_EPOCH },
  { apiKey: 25, below: 2, from: ErrorCode.PRODUCER_FENCED, to: ErrorCode.INVALID_PRODUCER_EPOCH },
  { apiKey: 26, below: 2, from: ErrorCode.PRODUCER_FENCED, to: ErrorCode.INVALID_PRODUCER_EPOCH },
  { apiKey: 28, below: 2, from: ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, to: ErrorCode.COORDINATOR_NOT_AVAILABLE },
]

const BY_API: ReadonlyMap<number, readonly OldCode[]> = new Map(
  OLD_CODES.map(({ apiKey }) => [apiKey, OLD_CODES.filter((old) => old.apiKey === apiKey)]),
)

/** The response with every error code as clients of this version know it; the same object where nothing changes. */
export function withOldCodes(apiKey: number, version: number, response: unknown): unknown {
  const codes = BY_API.get(apiKey)
  if (codes === undefined || !codes.some(({ below }) => version < below)) return response
  return translated(response, (code) => codes.find((old) => old.from === code && version < old.below)?.to ?? code)
}

type Translate = (code: ErrorCode) => ErrorCode

function translated(value: unknown, translate: Translate): unknown {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value
  return Array.isArray(value) ? translatedArray(value, translate) : translatedStruct(value as Struct, translate)
}

/** Most answers have no such code in them, and are not copied. */
function translatedArray(array: readonly unknown[], translate: Translate): readonly unknown[] {
  let copy: unknown[] | null = null
  for (let i = 0; i < array.length; i++) {
    const element = translated(array[i], translate)
    if (element === array[i]) continue
    copy ??= [...array]
    copy[i] = element
  }
  return copy ?? array
}

type Struct = Record<string, unknown>

/** Fields that hold an error code. */
const CODES: ReadonlySet<string> = new Set(['errorCode', 'partitionErrorCode'])

function translatedStruct(struct: Struct, translate: Translate): Struct {
  let copy: Struct | null = null
  for (const name in struct) {
    const field = struct[name]
    const told =
      CODES.has(name) && field !== ErrorCode.NONE ? translate(field as ErrorCode) : translated(field, translate)
    if (told === field) continue
    copy ??= { ...struct }
    copy[name] = told
  }
  return copy ?? struct
}
