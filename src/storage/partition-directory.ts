import type { Random } from '../base/random.js'

const NAME_BYTES_MAX = 255

export type DirectoryKind =
  | { readonly kind: 'partition'; readonly topic: string; readonly partition: number }
  /** A partition that is to be removed, moved here from another directory, or not known to the cluster. */
  | { readonly kind: 'delete' | 'future' | 'stray' }
  | { readonly kind: 'other' }

/** What a directory in `log.dirs` is, by its name. The topic ends at the last dash. */
export function kindOfDirectory(name: string): DirectoryKind {
  const marked = /^.*\.[0-9a-f]{32}-(delete|future|stray)$/.exec(name)
  if (marked !== null) return { kind: marked[1] as 'delete' | 'future' | 'stray' }
  const match = /^(.+)-(\d+)$/.exec(name)
  return match === null ? { kind: 'other' } : { kind: 'partition', topic: match[1]!, partition: Number(match[2]) }
}

export function partitionDirectoryName(topic: string, partition: number): string {
  return `${topic}-${partition}`
}

/** The name of a partition that is to be removed, or is not known here: unique, and never longer than a name may be. */
export function markedDirectoryName(
  topic: string,
  partition: number,
  mark: 'delete' | 'stray',
  random: Random,
): string {
  const suffix = `-${partition}.${random.bytes(16).toString('hex')}-${mark}`
  return `${topic.slice(0, NAME_BYTES_MAX - suffix.length)}${suffix}`
}
