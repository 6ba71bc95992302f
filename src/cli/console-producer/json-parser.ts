import { parseRecordLine } from '../data/record-json.js'
import type { LineParser, ParsedRecord } from './record-parser.js'

/** Lines as `console-consumer --output json` writes them. */
export class JsonParser implements LineParser {
  #lineNumber = 0

  /** @throws UserError when the line is none. */
  parse(line: Buffer): ParsedRecord {
    this.#lineNumber++
    return parseRecordLine(line, `line ${this.#lineNumber}`)
  }
}
