import type { ConsumedRecord } from '../../client/consumer/fetched-chunk.js'
import type { ProducerRecord } from '../../client/producer/record.js'

/** Where a record that was read is unlike the one that was sent, in Kafka's words; null if it is the same. */
export function difference(sent: ProducerRecord, read: ConsumedRecord): string | null {
  const value = text(sent.value)
  if (text(read.value) !== value) {
    return `The message value read [${text(read.value)}] did not match the message value sent [${value}]`
  }
  if (sent.key === null && read.key !== null) return `Expected null message key but received [${text(read.key)}]`
  if (sent.key !== null && read.key === null) return 'Expected message key but received null'
  if (text(sent.key) !== text(read.key)) {
    return `The message key read [${text(read.key)}] did not match the message key sent [${text(sent.key)}]`
  }
  if (sent.headers.length > 0 && read.headers.length === 0) return 'Expected message headers but received none'
  if (sent.headers.length !== read.headers.length) return 'Header count mismatch between sent and received messages'
  for (const [i, header] of sent.headers.entries()) {
    const other = read.headers[i]!
    if (header.key === other.key && text(header.value) === text(other.value)) continue
    const [mine, theirs] = [`${header.key}:${text(header.value)}`, `${other.key}:${text(other.value)}`]
    return `The message header read [${theirs}] did not match the message header sent [${mine}]`
  }
  return null
}

function text(bytes: Buffer | null): string {
  return bytes === null ? 'null' : bytes.toString()
}
