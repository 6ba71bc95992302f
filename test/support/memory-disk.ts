import { dirname } from 'node:path'
import type { Disk, DiskFile, DiskLock, DiskStat, OpenMode } from '../../src/storage/disk.js'

/** What every call answers once the disk has stopped. */
export class DiskStopped extends Error {
  override name = 'DiskStopped'
}

interface Inode {
  bytes: Buffer
  sizeBytes: number
  /** Content as of the last sync: what a power failure leaves for certain. */
  synced: Buffer
  modifiedMs: number
}

/**
 * A disk in memory. It can stop for good after so many steps (a byte written is one, and so is every other change), and be
 * full; what is left of it can be looked at as after the end of the process, or as after a power failure.
 */
export class MemoryDisk implements Disk {
  readonly #files = new Map<string, Inode>()
  readonly #directories = new Set<string>(['/'])
  readonly #locks = new Set<string>()
  #stepsLeft = Number.POSITIVE_INFINITY
  /** Changes made so far. */
  steps = 0
  /** How often something was brought onto the device. */
  syncs = 0
  openFiles = 0
  freeBytes = Number.POSITIVE_INFINITY
  /** Set to make the next syncs fail. */
  syncError: Error | null = null
  now = 0

  /** Lets `steps` more changes happen; in the middle of the next one everything ends. */
  stopAfter(steps: number): void {
    this.#stepsLeft = steps
  }

  /** What another process finds when this one has ended. */
  afterKill(): MemoryDisk {
    return this.#copy((inode) => inode.bytes.subarray(0, inode.sizeBytes))
  }

  /**
   * What is found when the power has gone: of each file what had been synced, and of what came after it as many bytes as
   * `keep` says (given their number), the rest of the file being cut off.
   */
  afterPowerFailure(keep: (unsyncedBytes: number) => number): MemoryDisk {
    return this.#copy((inode) => {
      const now = inode.bytes.subarray(0, inode.sizeBytes)
      const { synced } = inode
      const isAppended = now.length >= synced.length && now.subarray(0, synced.length).equals(synced)
      return isAppended ? now.subarray(0, synced.length + keep(now.length - synced.length)) : synced
    })
  }

  /** All files by their paths. */
  contents(): Map<string, Buffer> {
    return new Map([...this.#files].map(([path, { bytes, sizeBytes }]) => [path, bytes.subarray(0, sizeBytes)]))
  }

  /** Puts a file there, as another program would. */
  put(path: string, content: Buffer): void {
    this.#makeDirectories(dirname(path))
    this.#files.set(path, { bytes: content, sizeBytes: content.length, synced: content, modifiedMs: this.now })
  }

  open(path: string, mode: OpenMode): DiskFile {
    this.#check()
    let inode = this.#files.get(path)
    if (inode === undefined) {
      if (mode === 'existing') throw failure('ENOENT', path)
      if (!this.#directories.has(dirname(path))) throw failure('ENOENT', dirname(path))
      this.#change(1)
      inode = { bytes: Buffer.alloc(0), sizeBytes: 0, synced: Buffer.alloc(0), modifiedMs: this.now }
      this.#files.set(path, inode)
    }
    if (mode === 'empty' && inode.sizeBytes > 0) {
      this.#change(1)
      inode.sizeBytes = 0
    }
    this.openFiles++
    return this.#handle(inode)
  }

  readFile(path: string): Buffer | null {
    this.#check()
    const inode = this.#files.get(path)
    return inode === undefined ? null : Buffer.from(inode.bytes.subarray(0, inode.sizeBytes))
  }

  stat(path: string): DiskStat | null {
    this.#check()
    const inode = this.#files.get(path)
    if (inode !== undefined) return { sizeBytes: inode.sizeBytes, modifiedMs: inode.modifiedMs, isDirectory: false }
    return this.#directories.has(path) ? { sizeBytes: 0, modifiedMs: 0, isDirectory: true } : null
  }

  list(directory: string): string[] | null {
    this.#check()
    if (!this.#directories.has(directory)) return null
    return [...this.#childrenOf(directory, this.#files.keys()), ...this.listDirectories(directory)]
  }

  listDirectories(directory: string): string[] {
    this.#check()
    if (!this.#directories.has(directory)) throw failure('ENOENT', directory)
    return this.#childrenOf(directory, this.#directories)
  }

  makeDirectory(path: string): void {
    this.#change(1)
    this.#makeDirectories(path)
  }

  rename(from: string, to: string): void {
    this.#change(1)
    const inode = this.#files.get(from)
    if (inode !== undefined) {
      this.#files.delete(from)
      this.#files.set(to, inode)
      return
    }
    if (!this.#directories.delete(from)) throw failure('ENOENT', from)
    this.#directories.add(to)
    for (const [path, moved] of [...this.#files])
      if (path.startsWith(`${from}/`)) {
        this.#files.delete(path)
        this.#files.set(to + path.slice(from.length), moved)
      }
  }

  setModified(path: string, modifiedMs: number): void {
    this.#change(1)
    const inode = this.#files.get(path)
    if (inode === undefined) throw failure('ENOENT', path)
    inode.modifiedMs = modifiedMs
  }

  remove(path: string): void {
    if (!this.#files.has(path)) return
    this.#change(1)
    this.#files.delete(path)
  }

  async removeTree(path: string): Promise<void> {
    this.#change(1)
    for (const file of [...this.#files.keys()]) if (file.startsWith(`${path}/`)) this.#files.delete(file)
    for (const directory of [...this.#directories])
      if (directory === path || directory.startsWith(`${path}/`)) this.#directories.delete(directory)
  }

  syncDirectory(): void {
    this.#sync()
  }

  async syncDirectoryLater(): Promise<void> {
    this.#sync()
  }

  async syncFile(path: string): Promise<void> {
    this.#sync()
    const inode = this.#files.get(path)
    if (inode === undefined) throw failure('ENOENT', path)
    inode.synced = Buffer.from(inode.bytes.subarray(0, inode.sizeBytes))
  }

  space(): { totalBytes: number; usableBytes: number } {
    this.#check()
    return { totalBytes: 2 ** 40, usableBytes: Math.min(this.freeBytes, 2 ** 40) }
  }

  lock(directory: string): DiskLock | null {
    this.#check()
    if (this.#locks.has(directory)) return null
    this.#locks.add(directory)
    return { release: () => void this.#locks.delete(directory) }
  }

  #handle(inode: Inode): DiskFile {
    return {
      read: (into, offset, length, position) => {
        this.#check()
        const end = Math.min(inode.sizeBytes, position + length)
        return end <= position ? 0 : inode.bytes.copy(into, offset, position, end)
      },
      write: (bytes, position) => this.#write(inode, bytes, position),
      writev: (chunks, position) => {
        let written = 0
        for (const chunk of chunks) {
          const count = this.#write(inode, chunk, position + written)
          written += count
          if (count < chunk.length) break
        }
        return written
      },
      truncate: (sizeBytes) => {
        this.#change(1)
        if (sizeBytes > inode.bytes.length) grow(inode, sizeBytes)
        if (sizeBytes > inode.sizeBytes) inode.bytes.fill(0, inode.sizeBytes, sizeBytes)
        inode.sizeBytes = sizeBytes
      },
      sync: () => {
        this.#sync()
        inode.synced = Buffer.from(inode.bytes.subarray(0, inode.sizeBytes))
      },
      size: () => {
        this.#check()
        return inode.sizeBytes
      },
      close: () => {
        this.openFiles--
      },
    }
  }

  #write(inode: Inode, bytes: Buffer, position: number): number {
    const room = Math.min(bytes.length, this.freeBytes + Math.max(0, inode.sizeBytes - position))
    if (room <= 0 && bytes.length > 0) throw failure('ENOSPC', 'write')
    const allowed = Math.min(room, this.#stepsLeft)
    if (position + allowed > inode.bytes.length) grow(inode, position + allowed)
    if (position > inode.sizeBytes) inode.bytes.fill(0, inode.sizeBytes, position)
    bytes.copy(inode.bytes, position, 0, allowed)
    this.freeBytes -= Math.max(0, position + allowed - inode.sizeBytes)
    inode.sizeBytes = Math.max(inode.sizeBytes, position + allowed)
    inode.modifiedMs = this.now
    this.#change(room)
    return room
  }

  #sync(): void {
    this.#check()
    this.syncs++
    if (this.syncError !== null) throw this.syncError
  }

  #check(): void {
    if (this.#stepsLeft <= 0) throw new DiskStopped('the disk has stopped')
  }

  #change(steps: number): void {
    this.#check()
    this.#stepsLeft -= steps
    this.steps += steps
    this.#check()
  }

  #childrenOf(directory: string, paths: Iterable<string>): string[] {
    return [...paths]
      .filter((path) => path !== '/' && dirname(path) === directory)
      .map((path) => path.slice(directory.length + 1))
  }

  #makeDirectories(path: string): void {
    for (let each = path; each !== '/'; each = dirname(each)) this.#directories.add(each)
  }

  #copy(contentOf: (inode: Inode) => Buffer): MemoryDisk {
    const copy = new MemoryDisk()
    copy.now = this.now
    for (const directory of this.#directories) copy.#directories.add(directory)
    for (const [path, inode] of this.#files) {
      const content = Buffer.from(contentOf(inode))
      const { modifiedMs } = inode
      copy.#files.set(path, { bytes: content, sizeBytes: content.length, synced: content, modifiedMs })
    }
    return copy
  }
}

function grow(inode: Inode, sizeBytes: number): void {
  const grown = Buffer.alloc(Math.max(sizeBytes, inode.bytes.length * 2))
  inode.bytes.copy(grown, 0, 0, inode.sizeBytes)
  inode.bytes = grown
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code })
}
