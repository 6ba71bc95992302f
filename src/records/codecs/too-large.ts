import { MalformedBytes } from '../../bytes/malformed.js'

/** Compressed bytes that would become more than the reader is ready to hold. */
export class DecompressedTooLarge extends MalformedBytes {
  override name = 'DecompressedTooLarge'

  constructor(codec: string, bytesMax: number) {
    super(`${codec}: more than ${bytesMax} bytes when unpacked`)
  }
}
