/** The 256 remainders of a reflected 32-bit CRC. */
export function crcTable(reversedPolynomial: number): Int32Array {
  const table = new Int32Array(256)
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte
    for (let bit = 0; bit < 8; bit++)
      remainder = remainder & 1 ? (remainder >>> 1) ^ reversedPolynomial : remainder >>> 1
    table[byte] = remainder
  }
  return table
}

/** The checksum of `bytes` from `start` to `end`, unsigned, with the usual inversion before and after. */
export function crcOf(table: Int32Array, bytes: Uint8Array, start: number, end: number): number {
  let crc = -1
  for (let at = start; at < end; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 0xff]!
  return ~crc >>> 0
}
