import { Reader } from '../../src/bytes/reader.js'
import { Writer } from '../../src/bytes/writer.js'

/** A reader of the bytes that hexadecimal digits show, spaces aside. */
export function readerOf(digits: string): Reader {
  return new Reader(Buffer.from(digits.replaceAll(' ', ''), 'hex'))
}

/** The digits of what `write` writes. */
export function written(write: (writer: Writer) => void): string {
  const writer = new Writer()
  write(writer)
  return writer.toBuffer().toString('hex')
}

export function digits(text: string): string {
  return text.replaceAll(' ', '')
}
