import * as zlib from 'node:zlib'

export interface Zstd {
  compress(bytes: Buffer, level: number): Buffer
  /** Throws where the bytes are malformed or become more than `bytesMax`. */
  decompress(bytes: Buffer, bytesMax: number): Buffer
}

interface NodeZstd {
  zstdCompressSync?(bytes: Buffer, options: object): Buffer
  zstdDecompressSync?(bytes: Buffer, options: object): { buffer: Buffer; engine: { bytesWritten: number } }
  constants: { ZSTD_c_compressionLevel: number }
}

/** Node's own zstd, null before Node 22.15. */
export function zstdOfNode(): Zstd | null {
  const { zstdCompressSync, zstdDecompressSync, constants } = zlib as unknown as NodeZstd
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined) return null
  return {
    compress: (bytes, level) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } }),
    decompress: (bytes, bytesMax) => {
      // Node stops after one frame, and says how far it came; there may be several, and nothing else.
      const frames: Buffer[] = []
      let room = bytesMax
      for (let position = 0; position < bytes.length; ) {
        const rest = bytes.subarray(position)
        const { buffer, engine } = zstdDecompressSync(rest, { info: true, maxOutputLength: Math.max(room, 1) })
        frames.push(buffer)
        room -= buffer.length
        position += engine.bytesWritten
      }
      return frames.length === 1 ? frames[0]! : Buffer.concat(frames)
    },
  }
}
