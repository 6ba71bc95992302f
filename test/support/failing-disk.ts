import { type Disk, systemDisk } from '../../src/storage/disk.js'

/** A disk on which nothing below some directory can be written any more, once told so. */
export function failingDisk(): { disk: Disk; failing: Set<string> } {
  const failing = new Set<string>()
  const check = (path: string): void => {
    for (const prefix of failing)
      if (path.startsWith(prefix)) throw Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' })
  }
  const disk: Disk = {
    ...systemDisk,
    open: (path, mode) => {
      const file = systemDisk.open(path, mode)
      const write: typeof file.write = (...args) => {
        check(path)
        return file.write(...args)
      }
      const writev: typeof file.writev = (...args) => {
        check(path)
        return file.writev(...args)
      }
      return {
        read: (...args) => file.read(...args),
        write,
        writev,
        truncate: (bytes) => file.truncate(bytes),
        sync: () => file.sync(),
        size: () => file.size(),
        close: () => file.close(),
      }
    },
  }
  return { disk, failing }
}
