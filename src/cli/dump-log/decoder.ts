import type { LogRecord } from '../../records/batch.js'

/** What is printed of a record's key and value; null prints nothing, not even the word. */
export interface Decoded {
  readonly key: string | null
  readonly payload: string | null
}

export type RecordDecoder = (record: LogRecord) => Decoded
