import { dirname } from 'node:path'
import * as zlib from 'node:zlib'
import { MalformedBytes } from '../../bytes/malformed.js'
import { nativeModule } from '../../bytes/native-module.js'
import { required } from './required.js'
import { DecompressedTooLarge } from './too-large.js'

interface Zstd {
  compress(bytes: Buffer, level: number): Buffer
  decompress(bytes: Buffer, bytesMax: number): Buffer
}

/** Kafka's default, and the library's. */
const LEVEL_DEFAULT = 3
/** Where a frame does not tell its size, the decoder reserves a whole block for each begun one. */
const RESERVED_BYTES_MIN = 1024 * 1024

/** What the package says then; Node has a code for it. */
const TOO_LARGE_MESSAGE = 'Content size is too large'

const codec = nativeModule((require) => ofNode() ?? ofPackage(require))

export function zstdCompress(bytes: Buffer, level = LEVEL_DEFAULT): Buffer {
  return required(codec(), 'zstd').compress(bytes, level)
}

/** @throws MalformedBytes */
export function zstdDecompress(bytes: Buffer, bytesMax: number): Buffer {
  const zstd = required(codec(), 'zstd')
  let plain: Buffer
  try {
    plain = zstd.decompress(bytes, bytesMax)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE' || message === TOO_LARGE_MESSAGE)
      throw new DecompressedTooLarge('zstd', bytesMax)
    throw new MalformedBytes(`zstd: ${message}`)
  }
  if (plain.length > bytesMax) throw new DecompressedTooLarge('zstd', bytesMax)
  return plain
}

/** Node has zstd from 22.15 on. */
function ofNode(): Zstd | null {
  const { zstdCompressSync, zstdDecompressSync, constants } = zlib as typeof zlib & {
    zstdCompressSync?(bytes: Buffer, options: object): Buffer
    zstdDecompressSync?(bytes: Buffer, options: object): Buffer
    constants: { ZSTD_c_compressionLevel: number }
  }
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined) return null
  return {
    compress: (bytes, level) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } }),
    decompress: (bytes, bytesMax) => zstdDecompressSync(bytes, { maxOutputLength: bytesMax }),
  }
}

/** The package's own entry is an ES module, which cannot be loaded in the middle of a call; its native part can. */
function ofPackage(require: NodeJS.Require): Zstd {
  const manifest = require.resolve('@cloudpss/zstd/package.json')
  const loader = require(require.resolve('node-gyp-build', { paths: [manifest] })) as (directory: string) => Zstd
  const binding = loader(dirname(manifest))
  return {
    compress: binding.compress,
    decompress: (bytes, bytesMax) => binding.decompress(bytes, Math.max(bytesMax, RESERVED_BYTES_MIN) + 1),
  }
}
