const DIGITS = 20

/** What one segment consists of on disk, besides the producer snapshot taken where it begins. */
export const SEGMENT_SUFFIXES = ['log', 'index', 'timeindex', 'txnindex'] as const
export type SegmentSuffix = (typeof SEGMENT_SUFFIXES)[number]

/** E.g. `00000000000000000042.log`: sorted by name, they are sorted by offset. */
export function segmentFileName(baseOffset: number, suffix: SegmentSuffix | 'snapshot'): string {
  return `${String(baseOffset).padStart(DIGITS, '0')}.${suffix}`
}

export interface SegmentFileName {
  readonly baseOffset: number
  /** E.g. `log`, `index`, `snapshot`, `log.deleted`, `timeindex.swap`. */
  readonly suffix: string
}

/** Null for files that are not named after an offset. */
export function parseSegmentFileName(name: string): SegmentFileName | null {
  const match = /^(\d{20})\.([a-z.]+)$/.exec(name)
  return match === null ? null : { baseOffset: Number(match[1]), suffix: match[2]! }
}
