import { int64At } from '../bytes/reader.js'
import * as header from './batch-header.js'
import type { LazyFile } from './open-files.js'

const PIECE_BYTES_MIN = 64 * 1024
/** What must be there of a batch before anything of it is looked at. */
const HEADER_BYTES = 61

export interface BatchWalk {
  readonly start: number
  readonly end: number
  /** Whether `visit` gets all bytes of a batch, or only a header. */
  readonly whole: boolean
  /** How much is read at once: as much as is needed, if left out. */
  readonly pieceBytes?: number
}

/**
 * Walks over the batches in [start, end) of a segment, in the file's order, and hands each to `visit`: the bytes, where in
 * them it begins (both good for the call only), and its position in the file. Ends where `visit` says false, or before the
 * first bytes that cannot be a batch: cut short, a length that cannot be, zeroes. Returns the position where it ended.
 */
export function walkBatches(
  file: Pick<LazyFile, 'use'>,
  { start, end, whole, pieceBytes = PIECE_BYTES_MIN }: BatchWalk,
  visit: (bytes: Buffer, at: number, position: number) => boolean,
): number {
  let piece = Buffer.allocUnsafe(Math.min(pieceBytes, Math.max(0, end - start)))
  let pieceStart = start
  let filled = 0
  let position = start
  for (;;) {
    const left = end - position
    const headerBytes = Math.min(HEADER_BYTES, left)
    if (headerBytes < header.BATCH_MAGIC_END) return position
    let neededBytes = headerBytes
    let at = position - pieceStart
    if (at + neededBytes > filled) {
      pieceStart = position
      filled = file.use().read(piece, 0, Math.min(piece.length, left), position)
      at = 0
      if (filled < neededBytes) return position
    }
    const sizeBytes = header.sizeAt(piece, at)
    if (sizeBytes < header.leastSizeAt(piece, at) || sizeBytes > left) return position
    neededBytes = whole ? sizeBytes : headerBytes
    if (at + neededBytes > filled) {
      if (neededBytes > piece.length) piece = Buffer.allocUnsafe(neededBytes)
      pieceStart = position
      filled = file.use().read(piece, 0, Math.min(piece.length, left), position)
      at = 0
      if (filled < neededBytes) return position
    }
    if (int64At(piece, at) < 0 || !visit(piece, at, position)) return position
    position += sizeBytes
  }
}
