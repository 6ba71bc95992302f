import { crcOf, crcTable } from './crc-table.js'
import { nativeModule } from './native-module.js'

/** Below this many bytes the table is as fast as the call into native code. */
const NATIVE_BYTES_MIN = 256

const TABLE = crcTable(0x82f63b78)
const native = nativeModule((require) => (require('@node-rs/crc32') as { crc32c(bytes: Uint8Array): number }).crc32c)

/** CRC-32C (Castagnoli) of `bytes[start, end)`, unsigned. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  if (end - start >= NATIVE_BYTES_MIN) {
    const fast = native()
    if (fast !== null) return fast(bytes.subarray(start, end))
  }
  return crcOf(TABLE, bytes, start, end)
}
