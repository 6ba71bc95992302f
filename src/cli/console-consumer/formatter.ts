import type { ConsumedRecord } from '../../client/consumer/fetched-chunk.js'

/** Hands bytes on to be written. */
export type Write = (bytes: Uint8Array) => void

/** Puts a record into the form that is printed. */
export interface Formatter {
  /** @throws JavaError when the record cannot be shown; what was written of it until then stays. */
  format(record: ConsumedRecord, write: Write): void
}
