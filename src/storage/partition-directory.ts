import type { Random } from '../base/random.js'

const NAME_BYTES_MAX = 255
/** A dot, 32 hexadecimal digits and `-future`. */
const FUTURE_SUFFIX_LENGTH = 40

export type DirectoryKind =
  | { readonly kind: 'partition'; readonly topic: string; readonly partition: number }
  /** A copy of a partition that is on its way here from another directory. */
  | { readonly kind: 'future'; readonly topic: string; readonly partition: number }
  /** A partition that is to be removed, or is not known to the cluster. */
  | { readonly kind: 'delete' | 'stray' }
  | { readonly kind: 'other' }

/** What a directory in `log.dirs` is, by its name. The topic ends at the last dash. */
export function kindOfDirectory(name: string): DirectoryKind {
  const future = /^(.+)-(\d+)\.[0-9a-f]{32}-future$/.exec(name)
  if (future !== null) return { kind: 'future', topic: future[1]!, partition: Number(future[2]) }
  const marked = /^.*\.[0-9a-f]{32}-(delete|stray)$/.exec(name)
  if (marked !== null) return { kind: marked[1] as 'delete' | 'stray' }
  const match = /^(.+)-(\d+)$/.exec(name)
  return match === null ? { kind: 'other' } : { kind: 'partition', topic: match[1]!, partition: Number(match[2]) }
}

export function partitionDirectoryName(topic: string, partition: number): string {
  return `${topic}-${partition}`
}

/** Whether a copy of the partition could have a name. */
export function fitsFuture(topic: string, partition: number): boolean {
  return `${topic}-${partition}`.length + FUTURE_SUFFIX_LENGTH <= NAME_BYTES_MAX
}

/** The name of a partition that is to be removed, is on its way here, or is not known here: unique, and never longer than a name may be. */
export function markedDirectoryName(
  topic: string,
  partition: number,
  mark: 'delete' | 'future' | 'stray',
  random: Random,
): string {
  const suffix = `-${partition}.${random.bytes(16).toString('hex')}-${mark}`
  return `${topic.slice(0, NAME_BYTES_MAX - suffix.length)}${suffix}`
}
