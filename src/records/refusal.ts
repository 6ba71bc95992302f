/** The Kafka errors that a produced batch can meet before it reaches the log, by name. */
export type RefusalError =
  | 'CORRUPT_MESSAGE'
  | 'INVALID_RECORD'
  | 'INVALID_TIMESTAMP'
  | 'MESSAGE_TOO_LARGE'
  | 'UNKNOWN_SERVER_ERROR'
  | 'UNSUPPORTED_COMPRESSION_TYPE'

export interface RecordError {
  /** The record's place in its batch, whatever Kafka's field name says. */
  readonly batchIndex: number
  readonly message: string
}

/** Why a produced batch is not taken, and how Kafka words it to the client. */
export interface Refusal {
  readonly ok: false
  readonly error: RefusalError
  /** The partition's error message; null where Kafka sends none. */
  readonly message: string | null
  readonly recordErrors: readonly RecordError[]
  /** Whether the answer carries the partition's log start offset; otherwise it is -1. */
  readonly tellsLogStartOffset: boolean
  /** Whether every partition of the request is answered like this one. */
  readonly concernsRequest: boolean
}

/** Found before the log is looked at. */
export function refusedOutside(error: RefusalError): Refusal {
  return { ok: false, error, message: null, recordErrors: [], tellsLogStartOffset: false, concernsRequest: false }
}

/** Found while the batch is appended. */
export function refusedInside(error: RefusalError, message: string | null = null): Refusal {
  return { ok: false, error, message, recordErrors: [], tellsLogStartOffset: true, concernsRequest: false }
}

/** Found before the request is taken apart. */
export function refusedRequest(error: RefusalError, message: string | null): Refusal {
  return { ok: false, error, message, recordErrors: [], tellsLogStartOffset: false, concernsRequest: true }
}

/** Single records are at fault, which refuses the whole batch. */
export function refusedRecords(error: RefusalError, message: string, recordErrors: readonly RecordError[]): Refusal {
  return { ok: false, error, message, recordErrors, tellsLogStartOffset: true, concernsRequest: false }
}
