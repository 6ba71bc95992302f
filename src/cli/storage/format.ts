import { UserError } from '../../base/user-error.js'
import { randomUuid } from '../../bytes/uuid.js'
import { METADATA_VERSION } from '../../protocol/releases.js'
import type { KRaftVoter } from '../../records/control.js'
import { replaceFile } from '../../storage/atomic-file.js'
import { systemDisk } from '../../storage/disk.js'
import {
  checkMetaProperties,
  type MetaProperties,
  readMetaProperties,
  writeMetaProperties,
} from '../../storage/meta-properties.js'
import { inHashOrder } from '../java-hash-order.js'
import type { ToolIo } from '../tool.js'
import { type Bootstrap, bootstrapFile, bootstrapText, votersFile } from './bootstrap.js'
import { FormatFailure } from './failure.js'
import type { Levels } from './levels.js'
import type { NodeFile } from './node-file.js'

export interface FormatPlan {
  readonly node: NodeFile
  readonly clusterId: string
  readonly ignoresFormatted: boolean
  readonly levels: Levels
  readonly bootstrap: Bootstrap
  /** Empty where the members of the quorum are not kept in its log, or come later. */
  readonly voters: readonly KRaftVoter[]
}

const BOOTSTRAP_FILE = 'bootstrap.checkpoint'
const METADATA_LOG = '__cluster_metadata-0'
const FIRST_SNAPSHOT = '00000000000000000000-0000000000.checkpoint'

/** Marks the directories that are not marked yet. @throws FormatFailure, or UserError for those of another cluster. */
export function format(plan: FormatPlan, io: ToolIo): void {
  const { formatted, empty } = look(plan, io)
  const first = inHashOrder(formatted.keys())[0]
  if (first !== undefined && !plan.ignoresFormatted) {
    throw new FormatFailure(
      `Log directory ${first} is already formatted. Use --ignore-formatted to ignore this directory and format the others.`,
    )
  }
  if (empty.length === 0 && first === undefined) throw new FormatFailure('No available log directories to format.')
  if (empty.length === 0) {
    io.stdout.line('All of the log directories are already formatted.')
    return
  }
  io.stdout.line(`Bootstrap metadata: ${bootstrapText(plan.bootstrap)}`)
  for (const directory of inHashOrder(empty)) formatOne(plan, directory, io)
}

function look(
  { node, clusterId }: FormatPlan,
  io: ToolIo,
): { formatted: Map<string, MetaProperties>; empty: string[] } {
  const formatted = new Map<string, MetaProperties>()
  const empty: string[] = []
  for (const directory of node.directories) {
    try {
      const found = readMetaProperties(systemDisk, node.path(directory))
      if (found === null) empty.push(directory)
      else formatted.set(directory, found)
    } catch (error) {
      if (error instanceof UserError || (error as NodeJS.ErrnoException).code === undefined) throw error
      io.stdout.line(`I/O error trying to read log directory ${directory}. Ignoring...`)
    }
  }
  checkMetaProperties(formatted, { clusterId, nodeId: node.nodeId })
  return { formatted, empty }
}

function formatOne({ node, clusterId, levels, bootstrap, voters }: FormatPlan, directory: string, io: ToolIo): void {
  const path = node.path(directory)
  const isMetadata = directory === node.metadataDirectory
  const own = isMetadata ? voters.find(({ voterId }) => voterId === node.nodeId) : undefined
  io.stdout.line(
    `Formatting ${kindOf(isMetadata, voters, own)} ${directory} with ${METADATA_VERSION} ${levels.release.name}.`,
  )
  const now = io.clock.now()
  systemDisk.makeDirectory(path)
  replaceFile(systemDisk, `${path}/${BOOTSTRAP_FILE}`, bootstrapFile(bootstrap, now), true)
  if (isMetadata && voters.length > 0) {
    systemDisk.makeDirectory(`${path}/${METADATA_LOG}`)
    const snapshot = votersFile(voters, levels.levels.get('kraft.version')!, now)
    replaceFile(systemDisk, `${path}/${METADATA_LOG}/${FIRST_SNAPSHOT}`, snapshot, true)
  }
  // Last, because it is what says that the directory is formatted.
  const directoryId = own?.voterDirectoryId ?? randomUuid(io.random)
  writeMetaProperties(systemDisk, path, { clusterId, nodeId: node.nodeId, directoryId }, now)
}

function kindOf(isMetadata: boolean, voters: readonly KRaftVoter[], own: KRaftVoter | undefined): string {
  if (!isMetadata) return 'data directory'
  if (voters.length === 0) return 'metadata directory'
  return own === undefined ? 'dynamic metadata directory' : 'dynamic metadata voter directory'
}
