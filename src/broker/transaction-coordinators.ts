import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { TRANSACTION_VERSION_FEATURE } from '../cluster/features.js'
import { ErrorCode } from '../protocol/errors.js'
import type { OwnEffect, TimerId } from '../transaction/effects.js'
import { expireIds } from '../transaction/expiry.js'
import { abortTimedOut } from '../transaction/timeouts.js'
import type { TransactionConfig, Transactions, Turn } from '../transaction/transactions.js'
import type { BrokerConfig } from './broker-config.js'
import type { ControllerClient } from './controller-client.js'
import type { CoordinatorSettings } from './coordinator-writing.js'
import { Coordinators } from './coordinators.js'
import { MarkerSender } from './marker-sender.js'
import type { MetadataLog } from './metadata-log.js'
import type { OtherBrokers } from './other-brokers.js'
import type { Partitions } from './partitions.js'
import { TransactionMachine } from './transaction-machine.js'
import type { TransactionMarker } from './transaction-marker.js'

export const TRANSACTIONS_TOPIC = '__transaction_state'

export interface TransactionCoordinatorsOptions {
  readonly nodeId: number
  readonly config: BrokerConfig
  readonly clock: Clock
  readonly log: Log
  readonly metadata: MetadataLog
  readonly partitions: Partitions
  readonly controller: Pick<ControllerClient, 'allocateProducerId'>
  readonly otherBrokers: OtherBrokers
  /** Writes a marker into a partition that this broker leads. */
  readonly writeMarker: (topic: string, partition: number, marker: TransactionMarker) => Promise<ErrorCode>
}

/** The coordinators of all transactional ids whose partition of `__transaction_state` this broker leads. */
export class TransactionCoordinators extends Coordinators<Transactions, Turn, TimerId, OwnEffect> {
  constructor(options: TransactionCoordinatorsOptions) {
    const { config, metadata, controller, writeMarker } = options
    const markers = new MarkerSender({ ...options, writeHere: writeMarker })
    super({
      ...options,
      topic: TRANSACTIONS_TOPIC,
      unnamed: ErrorCode.INVALID_REQUEST,
      partitionCount: () => config.int('transaction.state.log.num.partitions'),
      settings: settingsOf(config),
      machine: ({ leaderEpoch: coordinatorEpoch }) =>
        new TransactionMachine({
          config: transactionConfig(config, metadata),
          coordinatorEpoch,
          allocateProducerId: () => controller.allocateProducerId(),
          markers,
        }),
    })
    this.periodically(() => config.int('transaction.abort.timed.out.transaction.cleanup.interval.ms'), abortTimedOut)
    this.periodically(() => config.int('transaction.remove.expired.transaction.cleanup.interval.ms'), expireIds)
  }
}

/** The broker's settings about transactions, as they are whenever they are read. */
function transactionConfig(config: BrokerConfig, metadata: MetadataLog): TransactionConfig {
  return {
    get timeoutMsMax() {
      return config.int('transaction.max.timeout.ms')
    },
    get idExpirationMs() {
      return config.int('transactional.id.expiration.ms')
    },
    get isTwoPhaseCommitEnabled() {
      return config.boolean('transaction.two.phase.commit.enable')
    },
    get transactionVersion() {
      return metadata.image.features.get(TRANSACTION_VERSION_FEATURE) ?? 0
    },
  }
}

/** What is written here is never compressed: Kafka insists on it. */
function settingsOf(config: BrokerConfig): CoordinatorSettings {
  return {
    compression: 'none',
    baseSequence: -1,
    get loadBytesMax() {
      return config.int('transaction.state.log.load.buffer.size')
    },
    get writeTimeoutMs() {
      return config.int('request.timeout.ms')
    },
  }
}
