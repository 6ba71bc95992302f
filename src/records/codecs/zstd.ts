import { dirname } from 'node:path'
import { MalformedBytes } from '../../bytes/malformed.js'
import { nativeModule } from '../../bytes/native-module.js'
import { required } from './required.js'
import { DecompressedTooLarge } from './too-large.js'
import type { UnpackingRoom } from './unpacking-room.js'
import { type Zstd, zstdOfNode } from './zstd-node.js'
import { checkWindow } from './zstd-window.js'

/** Kafka's default, and the library's. */
const LEVEL_DEFAULT = 3
/** Where a frame does not tell its size, the package reserves a whole block for each begun one. */
const RESERVED_BYTES_MIN = 1024 * 1024
/** What the package says then; Node has a code for it. */
const TOO_LARGE_MESSAGE = 'Content size is too large'

/** The package costs an eighth of Node's own on small batches; Node's is for platforms that the package lacks. */
const ofPackage = nativeModule(loadPackage)
const codec = (): Zstd => required(ofPackage() ?? zstdOfNode(), 'zstd')

export function zstdCompress(bytes: Buffer, level = LEVEL_DEFAULT): Buffer {
  return codec().compress(bytes, level)
}

/** Reads one frame or several in a row. @throws MalformedBytes */
export function zstdDecompress(bytes: Buffer, bytesMax: number, room: UnpackingRoom): Buffer {
  const zstd = codec()
  checkWindow(bytes)
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
  return room.adopt(plain)
}

/** The package's own entry is an ES module, which cannot be loaded in the middle of a call; its native part can. */
function loadPackage(require: NodeJS.Require): Zstd {
  const manifest = require.resolve('@cloudpss/zstd/package.json')
  const loader = require(require.resolve('node-gyp-build', { paths: [manifest] })) as (directory: string) => Zstd
  const binding = loader(dirname(manifest))
  return {
    compress: binding.compress,
    decompress: (bytes, bytesMax) => binding.decompress(bytes, Math.max(bytesMax, RESERVED_BYTES_MIN) + 1),
  }
}
