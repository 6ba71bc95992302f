import { UserError } from '../../base/user-error.js'
import { MalformedBytes } from '../../bytes/malformed.js'
import { OffsetCheckpoint } from '../checkpoint.js'
import { CHECKPOINT_FILES } from '../directory-checkpoints.js'
import type { Disk } from '../disk.js'
import { META_PROPERTIES_FILE, type MetaProperties, readMetaProperties } from '../meta-properties.js'
import { kindOfDirectory } from '../partition-directory.js'
import type { CheckReport, CheckTally, Finding } from './finding.js'
import { checkPartition } from './partition-check.js'

export interface DirectoriesCheckInput {
  readonly disk: Disk
  /** Log directories, klog's or Apache Kafka's. */
  readonly directories: readonly string[]
  /** Whether a broker is writing to them: what seems wrong is looked at again then. */
  readonly isLive: boolean
}

const LIVE_LOOKS_MAX = 3

/** Looks at everything that lies in log directories, and changes nothing. */
export async function checkDirectories(input: DirectoriesCheckInput): Promise<CheckReport> {
  const { disk, directories } = input
  const tally: CheckTally = { partitions: 0, segments: 0, batches: 0, bytes: 0 }
  const findings: Finding[] = []
  const find = (finding: Finding): void => void findings.push(finding)
  const homes = new Map<string, string>()
  for (const directory of directories) {
    checkIdentity(disk, directory, directories, find)
    const checkpoints = readCheckpoints(disk, directory, find)
    const ends = new Map<string, number>()
    for (const name of namesIn(disk, directory, find)) {
      const kind = kindOfDirectory(name)
      if (kind.kind !== 'partition') continue
      const twin = homes.get(name)
      if (twin !== undefined)
        find({
          path: `${directory}/${name}`,
          what: `is another copy of what lies in ${twin}`,
          nextStep: 'The next start keeps the first and sets the other aside, with all that is in it.',
        })
      homes.set(name, directory)
      const end = await checkOne(input, `${directory}/${name}`, tally, find)
      if (end !== null) ends.set(name, end)
    }
    compareCheckpoints(checkpoints, ends, find)
  }
  return { directories, findings, ...tally }
}

/** The log's end; null where it is gone, or cannot be read. */
async function checkOne(
  { disk, isLive }: DirectoriesCheckInput,
  directory: string,
  tally: CheckTally,
  find: (finding: Finding) => void,
): Promise<number | null> {
  for (let look = 1; ; look++) {
    const [counted, found] = [{ ...tally }, [] as Finding[]]
    let end: number | null = null
    try {
      end = (await checkPartition({ disk, directory, tally: counted, find: (one) => found.push(one) })).endOffset
    } catch (error) {
      found.push(unreadable(directory, error))
    }
    if (isLive && disk.list(directory) === null) return null
    if (isLive && found.length > 0 && look < LIVE_LOOKS_MAX) continue
    Object.assign(tally, counted)
    for (const one of found) find(one)
    return end
  }
}

function checkIdentity(disk: Disk, directory: string, all: readonly string[], find: (finding: Finding) => void): void {
  const path = `${directory}/${META_PROPERTIES_FILE}`
  const own = identityOf(disk, directory, find)
  if (own === null) return
  for (const other of all.slice(0, all.indexOf(directory))) {
    const theirs = identityOf(disk, other, () => {})
    if (theirs === null) continue
    const nextStep = 'A broker does not start with both: name only one of them in log.dirs.'
    if (theirs.clusterId !== own.clusterId)
      find({ path, what: `is of cluster ${own.clusterId}, and ${other} of ${theirs.clusterId}`, nextStep })
    else if (theirs.nodeId !== own.nodeId)
      find({ path, what: `is of node ${own.nodeId}, and ${other} of ${theirs.nodeId}`, nextStep })
    else if (own.directoryId !== null && theirs.directoryId === own.directoryId)
      find({ path, what: `has the directory.id of ${other}: one is a copy of the other`, nextStep })
  }
}

function identityOf(disk: Disk, directory: string, find: (finding: Finding) => void): MetaProperties | null {
  const path = `${directory}/${META_PROPERTIES_FILE}`
  try {
    const found = readMetaProperties(disk, directory)
    if (found === null)
      find({ path, what: 'is missing', nextStep: 'Is this a log directory? A broker would format it as a new one.' })
    return found
  } catch (error) {
    if (error instanceof UserError) find({ path, what: error.message, nextStep: error.nextStep ?? '' })
    else find(unreadable(path, error))
    return null
  }
}

const CHECKPOINT_IS_LOST =
  'The next start goes on without it: it looks the logs through, and deleted records may come back.'

/** Read before the logs: what is written to them meanwhile lies behind. */
function readCheckpoints(
  disk: Disk,
  directory: string,
  find: (finding: Finding) => void,
): Map<string, Map<string, number>> {
  const offsets = new Map<string, Map<string, number>>()
  for (const name of CHECKPOINT_FILES) {
    const path = `${directory}/${name}`
    try {
      offsets.set(path, new OffsetCheckpoint(disk, path).read())
    } catch (error) {
      if (error instanceof MalformedBytes) find({ path, what: error.message, nextStep: CHECKPOINT_IS_LOST })
      else find(unreadable(path, error))
    }
  }
  return offsets
}

function compareCheckpoints(
  checkpoints: ReadonlyMap<string, ReadonlyMap<string, number>>,
  ends: ReadonlyMap<string, number>,
  find: (finding: Finding) => void,
): void {
  for (const [path, offsets] of checkpoints)
    for (const [partition, offset] of offsets) {
      const end = ends.get(partition)
      const what = `has offset ${offset} for ${partition}, whose log ends at ${end}`
      if (end !== undefined && offset > end) find({ path, what, nextStep: CHECKPOINT_IS_LOST })
    }
}

function namesIn(disk: Disk, directory: string, find: (finding: Finding) => void): string[] {
  try {
    return disk.listDirectories(directory).sort()
  } catch (error) {
    find(unreadable(directory, error))
    return []
  }
}

function unreadable(path: string, error: unknown): Finding {
  const what = `cannot be read: ${error instanceof Error ? error.message : String(error)}`
  return { path, what, nextStep: 'See who may read it, and whether the device is well.' }
}
