import type { DiskFile } from './disk.js'

/** Less was written than asked for, which is how a full disk answers first. */
export class DiskFull extends Error {
  override name = 'DiskFull'
  readonly code = 'ENOSPC'
}

/** Writes all of it. @throws DiskFull */
export function writeFully(file: DiskFile, chunks: Buffer[], sizeBytes: number, position: number): void {
  const written = chunks.length === 1 ? file.write(chunks[0]!, position) : file.writev(chunks, position)
  if (written !== sizeBytes) throw new DiskFull(`only ${written} of ${sizeBytes} bytes could be written`)
}

/** What must be free before a log that found the disk full tries again. */
export const FREE_BYTES_MIN = 16 * 1024 * 1024

/** What goes by without anybody mending the disk: a full one, and descriptors that are all in use. */
const PASSING: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE'])

export function isPassing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && PASSING.has(String(error.code))
}
