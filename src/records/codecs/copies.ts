/** So many bytes beyond its end may a copy write over, as four are taken at a time. */
export const OVERRUN_BYTES = 3
/** From here on calling what the engine has for it is worth the call. */
export const LONG_BYTES = 128

/** The same memory twice: through a view four bytes are read at once, wherever they lie. */
export interface Memory {
  readonly bytes: Uint8Array
  readonly view: DataView
}

/** Not a Buffer, whose `fill` is slower than the one that it hides. */
export function memoryOf({ buffer, byteOffset, length }: Buffer): Memory {
  return { bytes: new Uint8Array(buffer, byteOffset, length), view: new DataView(buffer, byteOffset, length) }
}

/** Writes the `length` bytes that begin `distance` before `to` there; what it has just written may be among them. */
export function repeat(bytes: Uint8Array, to: number, distance: number, length: number): void {
  const from = to - distance
  const end = to + length
  if (distance === 1) {
    bytes.fill(bytes[from]!, to, end)
    return
  }
  // What has been copied is there to be copied, too.
  for (let at = to; at < end; ) {
    const count = Math.min(at - from, end - at)
    bytes.copyWithin(at, from, from + count)
    at += count
  }
}
