import { resolve } from 'node:path'
import type { Random } from '../base/random.js'
import { randomUuid, type Uuid } from '../bytes/uuid.js'
import type { LogDirectory } from '../storage/log-directory.js'
import { checkMetaProperties, type MetaProperties } from '../storage/meta-properties.js'
import type { BrokerConfig } from './broker-config.js'
import { listedVoters, refuseUnformatted, sharedClusterId } from './quorum-voters.js'

export interface FormatOptions {
  readonly nodeId: number
  readonly config: BrokerConfig
  /** For directories that are formatted now; drawn where null. */
  readonly clusterId: Uuid | null
  readonly random: Random
}

/** Leaves the directories as they were found. */
export async function closeAsFound(directories: Iterable<LogDirectory>): Promise<void> {
  for (const directory of directories) await directory.close(directory.previousBrokerEpoch)
}

/** `log.dirs`, absolute. */
export function dataPaths(config: BrokerConfig): string[] {
  const dirs = config.list('log.dirs')
  return [...new Set((dirs.length > 0 ? dirs : [config.string('log.dir')]).map((path) => resolve(path)))]
}

/**
 * Checks whose the directories are, marks new ones as this node's, and returns the id of their cluster.
 * @throws UserError for those of others, and for new ones where it is not known which cluster they would belong to
 */
export function formatted(directories: readonly LogDirectory[], options: FormatOptions): Uuid {
  const { nodeId, random, clusterId, config } = options
  const found = new Map<string, MetaProperties>()
  for (const { path, metaProperties } of directories) if (metaProperties !== null) found.set(path, metaProperties)
  checkMetaProperties(found, { clusterId, nodeId })
  if (found.size === 0) refuseUnformatted(config, directories[0]!.path)
  const shared = sharedClusterId(listedVoters(config))
  const known = [...found.values()][0]?.clusterId ?? clusterId ?? shared ?? randomUuid(random)
  for (const directory of directories) {
    if (directory.metaProperties?.directoryId != null) continue
    directory.format({ clusterId: known, nodeId, directoryId: randomUuid(random) })
  }
  return known
}
