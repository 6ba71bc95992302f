import { describe, expect, test } from 'vitest'
import { OpenFiles } from '../../src/storage/open-files.js'
import { MemoryDisk } from '../support/memory-disk.js'
import { seededRandom } from '../support/seeded-random.js'
import { append, bench, everythingIn, openLog } from './a-log.js'

describe('open files', () => {
  test('are never more than allowed, and what is used again and again stays open', () => {
    const disk = new MemoryDisk()
    const files = new OpenFiles(disk, 10)
    const all = Array.from({ length: 30 }, (_, index) => {
      disk.put(`/d/${index}`, Buffer.from([index]))
      return files.file(`/d/${index}`)
    })
    const random = seededRandom(1)
    for (let step = 0; step < 1000; step++) {
      const index = random.int(30)
      const byte = Buffer.alloc(1)
      all[index]!.use().read(byte, 0, 1, 0)
      expect(byte[0]).toBe(index)
      all[0]!.use()
      expect(disk.openFiles).toBeLessThanOrEqual(10)
      expect(files.count).toBe(disk.openFiles)
    }
    for (const file of all) file.close()
    expect([disk.openFiles, files.count]).toEqual([0, 0])
  })

  test('a file that cannot be opened takes no place', () => {
    const files = new OpenFiles(new MemoryDisk(), 10)
    expect(() => files.file('/d/missing').use()).toThrow()
    expect(files.count).toBe(0)
  })

  test('a log with many segments works with a few', () => {
    const on = bench()
    const files = new OpenFiles(on.disk, 4)
    const log = openLog(on, { files, segmentBytes: 300, indexIntervalBytes: 50 })
    for (let i = 0; i < 100; i++) append(log)
    expect(log.segments.length).toBeGreaterThan(20)
    expect(on.disk.openFiles).toBeLessThanOrEqual(4)
    const written = everythingIn(log)
    log.close()
    const again = openLog(on, { files: new OpenFiles(on.disk, 4), wasCleanShutdown: false })
    expect(everythingIn(again).equals(written)).toBe(true)
    expect(on.disk.openFiles).toBeLessThanOrEqual(4)
  })
})
