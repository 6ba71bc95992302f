import { basename, dirname } from 'node:path'
import type { Random } from '../../src/base/random.js'
import type { Disk, DiskFile, DiskLock, DiskStat, OpenMode } from '../../src/storage/disk.js'
import { MemoryDirectory, MemoryFile, type Remains } from './memory-tree.js'

/** What every call answers once the disk has stopped. */
export class DiskStopped extends Error {
  override name = 'DiskStopped'
}

/**
 * A disk in memory. It can stop for good after so many steps (a byte written is one, and so is every other change), and be
 * full; what is left of it can be looked at as after the end of the process, or as after a power failure.
 */
export class MemoryDisk implements Disk {
  #root = new MemoryDirectory()
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
  /** Whether the system has no descriptor left for one more file. */
  hasNoDescriptors = false
  /** Whether the device fails under everything that is written. */
  isBroken = false
  now = 0
  /** Whether a file can have several names. */
  hasLinks = true
  /** Runs when the disk stops: the process that writes to it ends at this very moment. */
  onStop: () => void = () => {}

  /** Lets `steps` more changes happen; in the middle of the next one everything ends. */
  stopAfter(steps: number): void {
    this.#stepsLeft = steps
  }

  /** What another process finds when this one has ended. */
  afterKill(): MemoryDisk {
    return this.#left({ content: (_, written) => written, names: (changes) => changes })
  }

  /**
   * What is found when the power has gone: of each file what had been synced, and of what came after it as many bytes as
   * `keep` says (given their number), the rest of the file being cut off.
   */
  afterPowerFailure(keep: (unsyncedBytes: number) => number): MemoryDisk {
    const content = (synced: Buffer, written: Buffer): Buffer =>
      isAppendedTo(synced, written) ? written.subarray(0, synced.length + keep(written.length - synced.length)) : synced
    return this.#left({ content, names: (changes) => changes })
  }

  /**
   * As `afterPowerFailure`, by a file system that keeps no more than it promises: what was not synced may be there, be there in
   * part, or be zeros; and names may be missing whose directory was not synced.
   */
  afterHarshPowerFailure(random: Random): MemoryDisk {
    return this.#left({
      content: (synced, written) => harshContent(synced, written, random),
      names: (changes) => random.int(changes + 1),
    })
  }

  /** All files by their paths. */
  contents(): Map<string, Buffer> {
    return new Map([...this.#root.files()].map(([path, file]) => [path, file.content]))
  }

  /** Puts a file there, as another program would. */
  put(path: string, content: Buffer): void {
    this.#root.make(dirname(path)).set(basename(path), MemoryFile.holding(content, this.now))
  }

  open(path: string, mode: OpenMode): DiskFile {
    this.#check()
    if (this.hasNoDescriptors) throw failure('EMFILE', path)
    let file = this.#root.find(path)
    if (file instanceof MemoryDirectory) throw failure('EISDIR', path)
    if (file === undefined) {
      if (mode === 'existing' || mode === 'read') throw failure('ENOENT', path)
      const { directory, name } = this.#place(path)
      this.#change(1)
      file = new MemoryFile(this.now)
      directory.set(name, file)
    }
    if (mode === 'empty' && file.sizeBytes > 0) {
      this.#change(1)
      file.resize(0)
    }
    this.openFiles++
    return this.#handle(file)
  }

  readFile(path: string): Buffer | null {
    this.#check()
    const file = this.#root.find(path)
    return file instanceof MemoryFile ? Buffer.from(file.content) : null
  }

  stat(path: string): DiskStat | null {
    this.#check()
    const node = this.#root.find(path)
    if (node === undefined) return null
    if (node instanceof MemoryDirectory) return { sizeBytes: 0, modifiedMs: 0, isDirectory: true, links: 1 }
    const { sizeBytes, modifiedMs } = node
    const files = (): Iterable<[string, MemoryFile]> => this.#root.files()
    return {
      ...{ sizeBytes, modifiedMs, isDirectory: false },
      // Nobody but who asks for it has all files looked through.
      get links() {
        return [...files()].filter(([, file]) => file === node).length
      },
    }
  }

  list(directory: string): string[] | null {
    this.#check()
    const node = this.#root.find(directory)
    return node instanceof MemoryDirectory ? node.names : null
  }

  listDirectories(directory: string): string[] {
    this.#check()
    const node = this.#root.find(directory)
    if (!(node instanceof MemoryDirectory)) throw failure('ENOENT', directory)
    return node.names.filter((name) => node.get(name) instanceof MemoryDirectory)
  }

  makeDirectory(path: string): void {
    this.#change(1)
    this.#root.make(path)
  }

  rename(from: string, to: string): void {
    this.#change(1)
    const source = this.#place(from)
    const target = this.#place(to)
    const node = source.directory.get(source.name)
    if (node === undefined) throw failure('ENOENT', from)
    if (source.directory === target.directory) {
      source.directory.rename(source.name, target.name, node)
      return
    }
    source.directory.delete(source.name)
    target.directory.set(target.name, node)
  }

  link(path: string, name: string): void {
    const file = this.#file(path)
    const place = this.#place(name)
    if (place.directory.get(place.name) !== undefined) throw failure('EEXIST', name)
    if (!this.hasLinks) throw failure('EPERM', name)
    this.#change(1)
    place.directory.set(place.name, file)
  }

  copy(from: string, to: string): void {
    const { content } = this.#file(from)
    const file = this.open(to, 'empty')
    file.write(content, 0)
    file.close()
  }

  setModified(path: string, modifiedMs: number): void {
    this.#change(1)
    this.#file(path).modifiedMs = modifiedMs
  }

  remove(path: string): void {
    const place = this.#root.place(path)
    if (place === null || !(place.directory.get(place.name) instanceof MemoryFile)) return
    this.#change(1)
    place.directory.delete(place.name)
  }

  async removeTree(path: string): Promise<void> {
    this.#change(1)
    const place = this.#root.place(path)
    place?.directory.delete(place.name)
  }

  syncDirectory(path: string): void {
    this.#sync()
    const node = this.#root.find(path)
    if (node instanceof MemoryDirectory) node.sync()
  }

  async syncDirectoryLater(path: string): Promise<void> {
    this.syncDirectory(path)
  }

  async syncFile(path: string): Promise<void> {
    this.#sync()
    this.#file(path).sync()
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

  #handle(file: MemoryFile): DiskFile {
    return {
      read: (into, offset, length, position) => {
        this.#check()
        const end = Math.min(file.sizeBytes, position + length)
        return end <= position ? 0 : file.bytes.copy(into, offset, position, end)
      },
      write: (bytes, position) => this.#write(file, bytes, position),
      writev: (chunks, position) => {
        let written = 0
        for (const chunk of chunks) {
          const count = this.#write(file, chunk, position + written)
          written += count
          if (count < chunk.length) break
        }
        return written
      },
      truncate: (sizeBytes) => {
        this.#change(1)
        file.resize(sizeBytes)
      },
      sync: () => {
        this.#sync()
        file.sync()
      },
      size: () => {
        this.#check()
        return file.sizeBytes
      },
      close: () => {
        this.openFiles--
      },
    }
  }

  #write(file: MemoryFile, bytes: Buffer, position: number): number {
    if (this.isBroken) throw failure('EIO', 'write')
    const room = Math.min(bytes.length, this.freeBytes + Math.max(0, file.sizeBytes - position))
    if (room <= 0 && bytes.length > 0) throw failure('ENOSPC', 'write')
    const allowed = Math.min(room, this.#stepsLeft)
    this.freeBytes -= Math.max(0, position + allowed - file.sizeBytes)
    file.write(bytes.subarray(0, allowed), position)
    file.modifiedMs = this.now
    this.#change(room)
    return room
  }

  #sync(): void {
    this.#check()
    this.syncs++
    if (this.isBroken) throw failure('EIO', 'sync')
    if (this.syncError !== null) throw this.syncError
  }

  #check(): void {
    if (this.#stepsLeft <= 0) throw new DiskStopped('the disk has stopped')
  }

  #change(steps: number): void {
    this.#check()
    this.#stepsLeft -= steps
    this.steps += steps
    if (this.#stepsLeft <= 0) this.onStop()
    this.#check()
  }

  #file(path: string): MemoryFile {
    const file = this.#root.find(path)
    if (file instanceof MemoryFile) return file
    throw failure('ENOENT', path)
  }

  #place(path: string): { directory: MemoryDirectory; name: string } {
    const place = this.#root.place(path)
    if (place === null) throw failure('ENOENT', dirname(path))
    return place
  }

  #left(remains: Remains): MemoryDisk {
    const disk = new MemoryDisk()
    disk.now = this.now
    disk.#root = this.#root.left(remains)
    return disk
  }
}

function isAppendedTo(synced: Buffer, written: Buffer): boolean {
  return written.length >= synced.length && written.subarray(0, synced.length).equals(synced)
}

/** Blocks go to the device on their own, and a file may have grown before what belongs into it has arrived. */
const BLOCK_BYTES = 512

function harshContent(synced: Buffer, written: Buffer, random: Random): Buffer {
  if (written.equals(synced)) return synced
  if (!isAppendedTo(synced, written)) return random.int(2) === 0 ? synced : Buffer.from(written)
  const sizeBytes = synced.length + random.int(written.length - synced.length + 1)
  const left = Buffer.from(written.subarray(0, sizeBytes))
  if (random.int(2) === 0) return left
  for (let at = synced.length; at < sizeBytes; at = (Math.floor(at / BLOCK_BYTES) + 1) * BLOCK_BYTES)
    if (random.int(2) === 0) left.fill(0, at, Math.min(sizeBytes, (Math.floor(at / BLOCK_BYTES) + 1) * BLOCK_BYTES))
  return left
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code })
}
