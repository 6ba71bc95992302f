import { crcOf, crcTable } from './crc-table.js'

const TABLE = crcTable(0xedb88320)

/** CRC-32 (IEEE) of `bytes[start, end)`, unsigned: old message formats, and librdkafka's choice of partition. */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return crcOf(TABLE, bytes, start, end)
}
