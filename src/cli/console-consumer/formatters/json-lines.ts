import type { ConsumedRecord } from '../../../client/consumer/fetched-chunk.js'
import { recordLine } from '../../data/record-json.js'
import type { Formatter, Write } from '../formatter.js'

/** A JSON object for each record, on a line of its own. */
export class JsonLinesFormatter implements Formatter {
  format(record: ConsumedRecord, write: Write): void {
    write(Buffer.from(`${recordLine(record)}\n`))
  }
}
