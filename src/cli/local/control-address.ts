import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Home } from './home.js'

/** What fits into the address of a unix-domain socket on every system: 104 bytes with a zero at the end on macOS. */
const PATH_BYTES_MAX = 103
const OWNER_ONLY = 0o700

/**
 * Where the broker of `home`, or one of its cluster by `name`, is to listen for klog's own commands: a socket in a directory that nobody else can look into, or
 * a named pipe on Windows. Nothing lies there when this returns.
 */
export function controlAddress(home: Home, name = 'control'): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\klog-${process.pid}-${randomBytes(8).toString('hex')}`
  const path = join(home.directory, 'run', `${name}.sock`)
  const address = Buffer.byteLength(path) <= PATH_BYTES_MAX ? path : join(temporaryDirectory(home), `${name}.sock`)
  const directory = dirname(address)
  mkdirSync(directory, { recursive: true, mode: OWNER_ONLY })
  chmodSync(directory, OWNER_ONLY)
  rmSync(address, { force: true })
  return address
}

/** To be called once it is listened on. */
export function protectControlAddress(address: string): void {
  if (process.platform !== 'win32') chmodSync(address, 0o600)
}

export function closeControlAddress(address: string): void {
  if (process.platform !== 'win32') rmSync(address, { force: true })
}

/** Named after the home, so that a broker that was killed leaves one that the next takes over; unless it is not ours. */
function temporaryDirectory(home: Home): string {
  const name = createHash('sha256').update(home.directory).digest('hex').slice(0, 16)
  const directory = join(tmpdir(), `klog-${process.getuid?.() ?? 0}-${name}`)
  const found = lstatSync(directory, { throwIfNoEntry: false })
  if (found === undefined || (found.isDirectory() && found.uid === process.getuid?.())) return directory
  return mkdtempSync(join(tmpdir(), 'klog-'))
}
