/** What a device answers that cannot take what is written, being full, broken, or not to be written to; and a system out of descriptors. */
const CODES: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE'])

/** Something could not be written for reasons of the disk: whoever asked is told so, and may ask again. */
export class StorageError extends Error {
  override name = 'StorageError'
}

export function isStorageError(error: unknown): boolean {
  if (error instanceof StorageError) return true
  return error instanceof Error && 'code' in error && CODES.has(String(error.code))
}
