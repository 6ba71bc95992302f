import { isUtf8 } from 'node:buffer'
import { soundUtf8 } from '../java-utf8.js'

const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/**
 * Cuts bytes into lines as Java's BufferedReader does: LF, CR and CRLF each end one, and a last line without an end counts.
 * Bytes that are not UTF-8 come out as U+FFFD. Lines are views of the chunks where they can be.
 */
export class LineSplitter {
  /** The line that the chunks so far have begun. */
  #begun: Buffer[] = []
  #skipsLineFeed = false

  /** The lines that `chunk` completes. */
  push(chunk: Buffer): Buffer[] {
    if (chunk.length === 0) return []
    const lines: Buffer[] = []
    let from = this.#skipsLineFeed && chunk[0] === LINE_FEED ? 1 : 0
    this.#skipsLineFeed = false
    let feed = chunk.indexOf(LINE_FEED, from)
    let carriage = chunk.indexOf(CARRIAGE_RETURN, from)
    while (feed >= 0 || carriage >= 0) {
      const isCarriage = carriage >= 0 && (feed < 0 || carriage < feed)
      const end = isCarriage ? carriage : feed
      lines.push(chunk.subarray(from, end))
      from = end + 1
      if (isCarriage) {
        if (from === chunk.length) this.#skipsLineFeed = true
        else if (chunk[from] === LINE_FEED) from++
        carriage = chunk.indexOf(CARRIAGE_RETURN, from)
      }
      if (feed >= 0 && feed < from) feed = chunk.indexOf(LINE_FEED, from)
    }
    const areSound = lines.length > 1 && isUtf8(chunk.subarray(lines[0]!.length + 1, from))
    const first = lines[0]
    if (first !== undefined) lines[0] = this.#finish(first)
    if (!areSound) for (let i = 1; i < lines.length; i++) lines[i] = soundUtf8(lines[i]!)
    if (from < chunk.length) this.#begun.push(chunk.subarray(from))
    return lines
  }

  /** The last line, if the input did not end in a line end. */
  end(): Buffer | null {
    return this.#begun.length === 0 ? null : this.#finish(Buffer.alloc(0))
  }

  #finish(last: Buffer): Buffer {
    const line = this.#begun.length === 0 ? last : Buffer.concat([...this.#begun, last])
    this.#begun = []
    return soundUtf8(line)
  }
}
