import type { Uuid } from '../bytes/uuid.js'
import type { ControllerSettings } from './decision.js'
import type { MetadataImage } from './metadata-image.js'
import { partitionUpdates } from './partition-updates.js'
import type { MetadataRecord } from './records.js'

type Rules = Pick<ControllerSettings, 'minInsyncReplicas' | 'isUncleanElectionEnabled'>

/** The log directories of a broker, as it finds them. */
export interface DirectoriesFound {
  readonly online: readonly Uuid[]
  /** Those that take no new replicas (KIP-1066). */
  readonly cordoned: readonly Uuid[]
}

/** What a heartbeat says of a broker's directories (KIP-858, KIP-1066). */
export interface DirectoryNews {
  readonly brokerId: number
  readonly offlineLogDirs: readonly Uuid[]
  /** Null from brokers that do not know of it. */
  readonly cordonedLogDirs: readonly Uuid[] | null
}

/** As `changeDirectories`, from what a heartbeat says. */
export function directoryChanges(image: MetadataImage, news: DirectoryNews, rules: Rules): MetadataRecord[] {
  const { brokerId, offlineLogDirs, cordonedLogDirs } = news
  const broker = image.brokers.get(brokerId)
  if (broker === undefined) return []
  const online = broker.logDirs.filter((directory) => !offlineLogDirs.includes(directory))
  return changeDirectories(image, brokerId, { online, cordoned: cordonedLogDirs ?? broker.cordonedLogDirs }, rules)
}

/** Writes down which directories a broker has left; replicas in those that it has lost leave the ISR, and others lead. */
export function changeDirectories(
  image: MetadataImage,
  brokerId: number,
  { online, cordoned }: DirectoriesFound,
  rules: Rules,
): MetadataRecord[] {
  const broker = image.brokers.get(brokerId)
  if (broker === undefined || online.length === 0) return []
  const lost = broker.logDirs.filter((directory) => !online.includes(directory))
  const isRecordoned = !isSame(cordoned, broker.cordonedLogDirs)
  if (lost.length === 0 && !isRecordoned) return []
  const change: MetadataRecord = {
    type: 'BrokerRegistrationChange',
    brokerId,
    brokerEpoch: broker.epoch,
    ...(lost.length === 0 ? {} : { logDirs: [...online] }),
    ...(isRecordoned ? { cordonedLogDirs: [...cordoned] } : {}),
  }
  return [change, ...partitionUpdates(image, { broker: brokerId, turn: 'goes', directories: lost }, rules)]
}

function isSame(some: readonly Uuid[], others: readonly Uuid[]): boolean {
  return some.length === others.length && some.every((one) => others.includes(one))
}
