import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { topicChanges } from '../cluster/image-changes.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import { topicsDeleted } from '../group/deletion.js'
import type { TimerId } from '../group/effects.js'
import { expire } from '../group/expiry.js'
import type { Groups, Turn } from '../group/groups.js'
import { ErrorCode } from '../protocol/errors.js'
import type { Compression } from '../records/layout.js'
import type { BrokerConfig } from './broker-config.js'
import type { CoordinatorSettings } from './coordinator-writing.js'
import { Coordinators } from './coordinators.js'
import { GroupMachine } from './group-machine.js'
import type { MetadataLog } from './metadata-log.js'
import type { Partitions } from './partitions.js'

export const OFFSETS_TOPIC = '__consumer_offsets'
const COMPRESSIONS: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

export interface GroupCoordinatorsOptions {
  readonly config: BrokerConfig
  readonly clock: Clock
  readonly log: Log
  readonly metadata: MetadataLog
  readonly partitions: Partitions
}

/** The coordinators of all groups whose partition of `__consumer_offsets` this broker leads. */
export class GroupCoordinators extends Coordinators<Groups, Turn, TimerId, never> {
  readonly #unsubscribe: () => void

  constructor(options: GroupCoordinatorsOptions) {
    const { config, clock, metadata } = options
    super({
      ...options,
      topic: OFFSETS_TOPIC,
      unnamed: ErrorCode.INVALID_GROUP_ID,
      partitionCount: () => config.int('offsets.topic.num.partitions'),
      settings: settingsOf(config),
      machine: () => new GroupMachine(config, clock),
    })
    this.#unsubscribe = metadata.subscribe((image, previous) => this.#forgetDeletedTopics(image, previous))
    this.periodically(() => config.long('offsets.retention.check.interval.ms'), expire)
  }

  override close(): void {
    this.#unsubscribe()
    super.close()
  }

  #forgetDeletedTopics(image: MetadataImage, previous: MetadataImage): void {
    const names = new Set(topicChanges(image, previous).deleted.map(({ name }) => name))
    if (names.size > 0) this.everywhere((turn) => topicsDeleted(turn, names))
  }
}

/** Kafka's group coordinators begin their sequence at 0, though there is no producer that it could belong to. */
function settingsOf(config: BrokerConfig): CoordinatorSettings {
  return {
    baseSequence: 0,
    get loadBytesMax() {
      return config.int('offsets.load.buffer.size')
    },
    get writeTimeoutMs() {
      return config.int('offsets.commit.timeout.ms')
    },
    get compression() {
      return COMPRESSIONS[config.int('offsets.topic.compression.codec')] ?? 'none'
    },
  }
}
