import { describe, expect, test } from 'vitest'
import { crc32 } from '../../src/bytes/crc32.js'
import { segmentFileName } from '../../src/storage/file-names.js'
import { append, bench, DIRECTORY, everythingIn, NOW, openLog } from './a-log.js'

describe('segments of the old message formats', () => {
  test('are kept, and offsets go on after them', () => {
    const on = bench()
    const old = Buffer.alloc(2 * 40)
    for (const offset of [0, 1]) {
      const at = offset * 40
      old.writeInt32BE(offset, at + 4)
      old.writeInt32BE(28, at + 8)
      old.writeInt8(1, at + 16)
      old.writeBigInt64BE(BigInt(NOW + offset), at + 18)
      old.writeInt32BE(-1, at + 26)
      old.writeInt32BE(6, at + 30)
      old.writeUInt32BE(crc32(old, at + 16, at + 40), at + 12)
    }
    on.disk.put(`${DIRECTORY}/${segmentFileName(0, 'log')}`, old)
    const log = openLog(on, { wasCleanShutdown: false })
    expect(append(log)).toBe(2)
    expect(everythingIn(log).subarray(0, 80).equals(old)).toBe(true)
    expect(log.offsetForTimestamp(NOW + 1)).toMatchObject({ offset: 1 })
  })
})
