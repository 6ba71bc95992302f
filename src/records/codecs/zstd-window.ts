import { MalformedBytes } from '../../bytes/malformed.js'

const MAGIC = 0xfd2fb528
const SINGLE_SEGMENT_BIT = 0x20
/** Decoders that read a stream, as Java's consumers do, set aside no more than this for looking back. */
const WINDOW_BYTES_MAX = 2 ** 27
const HEADER_BYTES_MIN = 6

/**
 * Refuses a first frame that wants to look back further than consumers let it: ours unpacks in one go, and would not notice.
 * @throws MalformedBytes
 */
export function checkWindow(frame: Buffer): void {
  if (frame.length < HEADER_BYTES_MIN || frame.readUInt32LE(0) !== MAGIC) return
  if ((frame[4]! & SINGLE_SEGMENT_BIT) !== 0) return
  const base = 2 ** (10 + (frame[5]! >> 3))
  const windowBytes = base + (base / 8) * (frame[5]! & 0x07)
  if (windowBytes > WINDOW_BYTES_MAX) throw new MalformedBytes(`zstd: a window of ${windowBytes} bytes`)
}
