import { MalformedBytes } from '../../bytes/malformed.js'
import type { Disk } from '../disk.js'
import { parseSegmentFileName } from '../file-names.js'
import { LEADER_EPOCH_FILE, LeaderEpochCache } from '../leader-epoch-cache.js'
import { PARTITION_METADATA_FILE, readPartitionMetadata } from '../partition-metadata.js'
import { readProducerSnapshot } from '../producer-snapshot.js'
import type { CheckTally, Finding } from './finding.js'
import { checkSegment } from './segment-check.js'
import { checkSnapshotFile } from './snapshot-file-check.js'

const SNAPSHOT = /^\d{20}-\d{10}\.checkpoint$/

export interface PartitionCheckInput {
  readonly disk: Disk
  readonly directory: string
  readonly tally: CheckTally
  readonly find: (finding: Finding) => void
}

/** Looks at everything in the directory of a partition. Returns the offsets where its log begins and ends. */
export async function checkPartition(input: PartitionCheckInput): Promise<{ startOffset: number; endOffset: number }> {
  const { disk, directory, find, tally } = input
  const names = (disk.list(directory) ?? []).sort()
  const bases = names.flatMap((name) => {
    const parsed = parseSegmentFileName(name)
    return parsed?.suffix === 'log' ? [parsed.baseOffset] : []
  })
  let endOffset = bases[0] ?? 0
  for (const [at, baseOffset] of bases.entries())
    endOffset = await checkSegment({
      ...{ disk, directory, baseOffset, tally, find },
      ...{ fromOffset: endOffset, isLast: at === bases.length - 1 },
    })
  for (const name of names) checkBeside(input, name, endOffset)
  tally.partitions++
  return { startOffset: bases[0] ?? 0, endOffset }
}

function checkBeside({ disk, directory, find, tally }: PartitionCheckInput, name: string, endOffset: number): void {
  const path = `${directory}/${name}`
  const parsed = parseSegmentFileName(name)
  if (parsed?.suffix === 'snapshot') {
    const { baseOffset } = parsed
    const nextStep = 'It is removed when it is next needed, and the producers are read from the log.'
    const told = unlessMalformed(
      () => readProducerSnapshot(disk.readFile(path) ?? Buffer.alloc(0)),
      (what) => find({ path, what, nextStep }),
    )
    const late = told?.find(({ lastOffset }) => lastOffset >= baseOffset)
    if (late !== undefined) find({ path, what: `knows of offset ${late.lastOffset}, which comes later`, nextStep })
  } else if (name === LEADER_EPOCH_FILE) {
    const epochs = new LeaderEpochCache(disk, path)
    const nextStep = 'The next start builds it again from the log.'
    unlessMalformed(
      () => epochs.load(),
      (what) => find({ path, what, nextStep }),
    )
    const latest = epochs.entries.at(-1)
    if (latest !== undefined && latest.startOffset > endOffset)
      find({
        path,
        what: `has an epoch from offset ${latest.startOffset} on, and the log ends at ${endOffset}`,
        nextStep,
      })
  } else if (name === PARTITION_METADATA_FILE) {
    const nextStep = 'Was it written by a later version? The next start gives it the id that the metadata knows.'
    unlessMalformed(
      () => readPartitionMetadata(disk, directory),
      (what) => find({ path, what, nextStep }),
    )
  } else if (SNAPSHOT.test(name)) checkSnapshotFile(disk, path, tally, find)
}

function unlessMalformed<T>(act: () => T, tell: (what: string) => void): T | null {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof MalformedBytes)) throw error
    tell(error.message)
    return null
  }
}
