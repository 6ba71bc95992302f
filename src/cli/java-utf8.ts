import { isUtf8 } from 'node:buffer'

/** Text that is UTF-8, with U+FFFD for what is not, as many as Java puts there. */
export function javaUtf8(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return (isUtf8(buffer) ? buffer : withoutSurrogates(buffer)).toString('utf8')
}

/** `bytes` themselves if they are UTF-8, otherwise what Java makes of them by decoding and encoding again. */
export function soundUtf8(bytes: Buffer): Buffer {
  return isUtf8(bytes) ? bytes : Buffer.from(javaUtf8(bytes))
}

/** For half a surrogate pair, three bytes, Java puts one U+FFFD where JavaScript puts three. */
function withoutSurrogates(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  for (let at = copy.indexOf(0xed); at >= 0; at = copy.indexOf(0xed, at + 1)) {
    const [second = 0, third = 0] = copy.subarray(at + 1, at + 3)
    if (second >= 0xa0 && second <= 0xbf && third >= 0x80 && third <= 0xbf) copy.set(REPLACEMENT, at)
  }
  return copy
}

const REPLACEMENT = Buffer.from('\ufffd')
