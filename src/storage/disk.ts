import * as fs from 'node:fs'
import { join } from 'node:path'

/**
 * The disk as storage sees it. Everything but the calls that may take long is synchronous: a read from the page cache
 * is cheaper than asking a thread for it. Paths are absolute; errors are Node's, with their `code`.
 */
export interface Disk {
  /** Opens for reading and writing. `create` makes the file where there is none, `empty` cuts one that is there to nothing. */
  open(path: string, mode: OpenMode): DiskFile
  /** The whole file, or null where there is none. */
  readFile(path: string): Buffer | null
  stat(path: string): DiskStat | null
  /** Names in a directory, in no order; null where there is none. */
  list(directory: string): string[] | null
  /** Names of directories, and of links to some. */
  listDirectories(directory: string): string[]
  makeDirectory(path: string): void
  rename(from: string, to: string): void
  /** Gives a file a second name, where the system can; both names are the same file then. Nothing may have the new name. */
  link(path: string, name: string): void
  /** Copies a file, sharing its blocks where the system can. */
  copy(from: string, to: string): void
  /** Says when a file was last changed. */
  setModified(path: string, modifiedMs: number): void
  /** Removes a file; one that is gone already is fine. */
  remove(path: string): void
  /** Removes a file, or a directory with everything in it, off the main thread; one that is gone already is fine. */
  removeTree(path: string): Promise<void>
  /** Makes names in the directory durable, where the system has a call for it. */
  syncDirectory(path: string): void
  /** As `syncDirectory`, off the main thread: it may wait for everything that others have written. */
  syncDirectoryLater(path: string): Promise<void>
  /** As `DiskFile.sync`, off the main thread: a gigabyte may take seconds. */
  syncFile(path: string): Promise<void>
  space(path: string): { totalBytes: number; usableBytes: number }
  /** Claims a directory until `release`, or until this process ends in whatever way. Null when somebody else has it. */
  lock(directory: string): DiskLock | null
}

/** `read` opens what may not be written to. */
export type OpenMode = 'read' | 'existing' | 'create' | 'empty'

export interface DiskFile {
  /** Reads up to `length` bytes; the number read is smaller only where the file ends. */
  read(into: Buffer, offset: number, length: number, position: number): number
  /** Number of bytes written: smaller than asked for when the disk is full. */
  write(bytes: Buffer, position: number): number
  writev(chunks: Buffer[], position: number): number
  truncate(sizeBytes: number): void
  /** Returns when the content is on the device. */
  sync(): void
  size(): number
  close(): void
}

export interface DiskStat {
  readonly sizeBytes: number
  readonly modifiedMs: number
  readonly isDirectory: boolean
  /** How many names the file has. */
  readonly links: number
}

export interface DiskLock {
  release(): void
}

const OPEN_FLAGS: Record<OpenMode, number> = {
  read: fs.constants.O_RDONLY,
  existing: fs.constants.O_RDWR,
  create: fs.constants.O_RDWR | fs.constants.O_CREAT,
  empty: fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_TRUNC,
}

export const systemDisk: Disk = {
  open: (path, mode) => new SystemFile(fs.openSync(path, OPEN_FLAGS[mode], 0o644)),
  readFile: (path) => unlessMissing(() => fs.readFileSync(path)),
  stat: (path) => {
    const stat = fs.statSync(path, { throwIfNoEntry: false })
    return stat === undefined
      ? null
      : {
          sizeBytes: stat.size,
          modifiedMs: Math.floor(stat.mtimeMs),
          isDirectory: stat.isDirectory(),
          links: stat.nlink,
        }
  },
  list: (directory) => unlessMissing(() => fs.readdirSync(directory)),
  listDirectories: (directory) =>
    fs
      .readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || (entry.isSymbolicLink() && isDirectory(join(directory, entry.name))))
      .map((entry) => entry.name),
  makeDirectory,
  rename: (from, to) => fs.renameSync(from, to),
  link: (path, name) => fs.linkSync(path, name),
  copy: (from, to) => fs.copyFileSync(from, to, fs.constants.COPYFILE_FICLONE),
  setModified: (path, modifiedMs) => fs.utimesSync(path, modifiedMs / 1000, modifiedMs / 1000),
  remove: (path) => void unlessMissing(() => fs.unlinkSync(path)),
  removeTree: (path) => fs.promises.rm(path, { recursive: true, force: true }),
  syncDirectory: (path) => {
    // Windows cannot open a directory, and keeps names without being asked.
    if (process.platform !== 'win32') withFile(path, 'r', fs.fsyncSync)
  },
  syncDirectoryLater: async (path) => {
    if (process.platform !== 'win32') await withHandle(path, 'r', (handle) => handle.sync())
  },
  syncFile: (path) => withHandle(path, 'r+', (handle) => handle.datasync()),
  space: (path) => {
    const stats = fs.statfsSync(path)
    return { totalBytes: stats.blocks * stats.bsize, usableBytes: stats.bavail * stats.bsize }
  },
  lock: (directory) => (KERNEL_LOCK_FLAGS === null ? lockByClaim(directory) : lockByOpening(directory)),
}

class SystemFile implements DiskFile {
  constructor(readonly descriptor: number) {}

  read(into: Buffer, offset: number, length: number, position: number): number {
    let done = 0
    while (done < length) {
      const count = fs.readSync(this.descriptor, into, offset + done, length - done, position + done)
      if (count === 0) break
      done += count
    }
    return done
  }

  write(bytes: Buffer, position: number): number {
    return fs.writeSync(this.descriptor, bytes, 0, bytes.length, position)
  }

  writev(chunks: Buffer[], position: number): number {
    return fs.writevSync(this.descriptor, chunks, position)
  }

  truncate(sizeBytes: number): void {
    fs.ftruncateSync(this.descriptor, sizeBytes)
  }

  sync(): void {
    fs.fdatasyncSync(this.descriptor)
  }

  size(): number {
    return fs.fstatSync(this.descriptor).size
  }

  close(): void {
    fs.closeSync(this.descriptor)
  }
}

const LOCK_FILE = '.lock'

/** Where `open` itself can take a lock that the kernel drops with the process: BSD's O_EXLOCK, and libuv's on Windows. */
const KERNEL_LOCK_FLAGS =
  process.platform === 'darwin' || process.platform === 'freebsd' || process.platform === 'openbsd'
    ? 0x20 | fs.constants.O_NONBLOCK
    : process.platform === 'win32'
      ? 0x10000000
      : null

function lockByOpening(directory: string): DiskLock | null {
  const path = join(directory, LOCK_FILE)
  try {
    const flags = fs.constants.O_RDWR | fs.constants.O_CREAT | KERNEL_LOCK_FLAGS!
    const descriptor = fs.openSync(path, flags, 0o644)
    return {
      release: () => {
        if (process.platform !== 'win32') fs.unlinkSync(path)
        fs.closeSync(descriptor)
        if (process.platform === 'win32') unlessMissing(() => fs.unlinkSync(path))
      },
    }
  } catch (error) {
    if (['EAGAIN', 'EWOULDBLOCK', 'EBUSY', 'EPERM', 'EACCES'].includes(codeOf(error)) && fs.existsSync(path))
      return null
    throw error
  }
}

const CLAIM = /^\.lock\.(\d+)\.(\d*)\.([0-9a-f]*)$/
const CLAIM_ATTEMPTS = 3

/**
 * Linux gives Node no lock. So each process puts down a claim that names it (pid, start of the process, boot), and has the
 * directory when nobody else who is alive has a claim there. The claim comes first and the look around second, so of two
 * that start together at most one wins; both may step back, and try again after waits that differ.
 */
function lockByClaim(directory: string): DiskLock | null {
  const name = `.lock.${process.pid}.${startOf(process.pid)}.${bootOf()}`
  const claim = join(directory, name)
  const lock = join(directory, LOCK_FILE)
  for (let attempt = 1; ; attempt++) {
    try {
      fs.closeSync(fs.openSync(claim, 'wx'))
    } catch (error) {
      // The name can only be this very process's.
      if (codeOf(error) === 'EEXIST') return null
      throw error
    }
    if (!othersHold(directory, name)) break
    fs.unlinkSync(claim)
    if (attempt === CLAIM_ATTEMPTS) return null
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 + (process.pid % 31))
  }
  fs.closeSync(fs.openSync(lock, 'w'))
  return {
    release: () => {
      unlessMissing(() => fs.unlinkSync(lock))
      unlessMissing(() => fs.unlinkSync(claim))
    },
  }
}

function othersHold(directory: string, own: string): boolean {
  let held = isLockedByKernel(join(directory, LOCK_FILE))
  for (const name of fs.readdirSync(directory)) {
    const [, pid, start, boot] = CLAIM.exec(name) ?? []
    if (pid === undefined || start === undefined || name === own) continue
    if (boot === bootOf() && isAlive(Number(pid), start)) held = true
    else unlessMissing(() => fs.unlinkSync(join(directory, name)))
  }
  return held
}

function isAlive(pid: number, start: string): boolean {
  if (start !== '') return startOf(pid) === start
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/**
 * When a process began, in the kernel's ticks: tells it from a later one with the same pid. Empty where there is none, or
 * only one that has ended and that its parent has not taken notice of, which in a container may never happen.
 */
function startOf(pid: number): string {
  const stat = unlessMissing(() => fs.readFileSync(`/proc/${pid}/stat`, 'latin1'))
  // The second field is the program's name in parentheses, and may hold anything.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  return /[ZXx]/.test(fields[0] ?? '') ? '' : (fields[19] ?? '')
}

function bootOf(): string {
  const id = unlessMissing(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1'))
  return id?.replace(/[^0-9a-f]/g, '').slice(0, 12) ?? ''
}

/** A running Apache Kafka holds a POSIX lock on the same file, and the kernel lists those. */
function isLockedByKernel(path: string): boolean {
  const stat = unlessMissing(() => fs.statSync(path))
  const locks = unlessMissing(() => fs.readFileSync('/proc/locks', 'latin1'))
  if (stat === null || locks === null) return false
  const major = ((stat.dev >>> 8) & 0xfff).toString(16).padStart(2, '0')
  const minor = ((stat.dev & 0xff) | ((stat.dev >>> 12) & 0xfff00)).toString(16).padStart(2, '0')
  return locks.split('\n').some((line) => line.includes('WRITE') && line.includes(` ${major}:${minor}:${stat.ino} `))
}

/** Asked to make those above it too, Node says of a file system that can only be read that there is no such directory. */
function makeDirectory(path: string): void {
  try {
    fs.mkdirSync(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') fs.mkdirSync(path, { recursive: true })
    else if (codeOf(error) !== 'EEXIST' || !isDirectory(path)) throw error
  }
}

function isDirectory(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function withFile(path: string, flags: string, act: (descriptor: number) => void): void {
  const descriptor = fs.openSync(path, flags)
  try {
    act(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

async function withHandle(
  path: string,
  flags: string,
  act: (handle: fs.promises.FileHandle) => Promise<void>,
): Promise<void> {
  const handle = await fs.promises.open(path, flags)
  try {
    await act(handle)
  } finally {
    await handle.close()
  }
}

function unlessMissing<T>(act: () => T): T | null {
  try {
    return act()
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(codeOf(error))) return null
    throw error
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
