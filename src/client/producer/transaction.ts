import { ErrorCode, errorMessage } from '../../protocol/errors.js'
import { AddPartitionsToTxn } from '../../protocol/messages/add-partitions-to-txn.js'
import { EndTxn } from '../../protocol/messages/end-txn.js'
import { InitProducerId } from '../../protocol/messages/init-producer-id.js'
import { Produce } from '../../protocol/messages/produce.js'
import type { BrokerConnection } from '../broker-connection.js'
import type { Attempt, ClusterClient } from '../cluster-client.js'
import { CallTimeout, ClientError, KafkaError } from '../kafka-error.js'
import type { TransactionSettings } from './config.js'
import { NO_IDENTITY, type ProducerIdentity } from './identity.js'

/** From this level of `transaction.version` on a partition enters by being written to (KIP-890). */
const IMPLICIT_LEVEL = 2
/** The first version of each that follows the newer protocol; the older one ends right before. */
const IMPLICIT_PRODUCE = 12
const IMPLICIT_END_TXN = 5
const EXPLICIT_ADD_PARTITIONS = 3

/** What a producer with a transactional id agrees on with its coordinator. One transaction at a time. */
export class ProducerTransaction {
  readonly #client: ClusterClient
  readonly #settings: TransactionSettings
  readonly #partitions = new Set<string>()
  /** What the coordinator's broker understood when it was last asked. */
  #isImplicitServed = false
  #isImplicit = false
  #needsNewEpoch = false
  /** Records may be sent. */
  isOpen = false
  identity: ProducerIdentity = NO_IDENTITY
  /** What went wrong in this transaction, which can be aborted only. */
  failure: Error | null = null

  constructor(client: ClusterClient, settings: TransactionSettings) {
    this.#client = client
    this.#settings = settings
  }

  get transactionalId(): string {
    return this.#settings.transactionalId
  }

  /** The newest version of Produce for this transaction. */
  get newestProduce(): number {
    return this.#isImplicit ? Produce.maxVersion : IMPLICIT_PRODUCE - 1
  }

  /**
   * Gets an identity, and with it ends what an earlier producer with this id has left open.
   * @throws KafkaError or ClientError
   */
  async init(): Promise<void> {
    const { transactionalId, transactionTimeoutMs } = this.#settings
    const act = async ({ connection, timeoutMs }: Attempt): Promise<ProducerIdentity> => {
      this.#noteProtocol(connection)
      const current = (connection.version(InitProducerId) ?? 0) >= 3 ? this.identity : NO_IDENTITY
      const request = { transactionalId, transactionTimeoutMs, ...current }
      const { errorCode, producerId, producerEpoch } = await connection.call(InitProducerId, request, { timeoutMs })
      if (errorCode !== ErrorCode.NONE) throw new KafkaError(errorCode)
      return { producerId, producerEpoch }
    }
    this.identity = await this.#patiently('InitProducerId', 'InitProducerIdResponse', act)
    this.#needsNewEpoch = false
  }

  /** Why no record may be handed in now; null if one may. */
  refusal(): ClientError | null {
    if (this.isOpen) return null
    return new ClientError(
      this.identity === NO_IDENTITY
        ? "Cannot perform a 'send' before completing a call to initTransactions when transactions are enabled."
        : 'Cannot call send in state READY',
    )
  }

  begin(): void {
    this.isOpen = true
    this.failure = null
    this.#isImplicit = this.#isImplicitServed
    this.#partitions.clear()
  }

  /** Whether the coordinator knows that `name` (`topic-partition`) is in the transaction, or will learn it from the leader. */
  hasEntered(name: string): boolean {
    if (this.#isImplicit) this.#partitions.add(name)
    return this.#partitions.has(name)
  }

  /** Enters partitions of a topic. What keeps them out is kept as the transaction's failure. */
  async enter(topic: string, partitions: readonly number[]): Promise<void> {
    const { producerId, producerEpoch } = this.identity
    const request = {
      v3AndBelowTransactionalId: this.transactionalId,
      v3AndBelowProducerId: producerId,
      v3AndBelowProducerEpoch: producerEpoch,
      v3AndBelowTopics: [{ name: topic, partitions: [...partitions] }],
    }
    const act = async ({ connection, timeoutMs }: Attempt): Promise<void> => {
      const response = await connection.call(AddPartitionsToTxn, request, {
        timeoutMs,
        newest: EXPLICIT_ADD_PARTITIONS,
      })
      const results = response.resultsByTopicV3AndBelow.flatMap(({ resultsByPartition }) => resultsByPartition)
      const refused = results.find(({ partitionErrorCode }) => partitionErrorCode !== ErrorCode.NONE)
      if (refused !== undefined) throw new KafkaError(refused.partitionErrorCode)
    }
    try {
      await this.#patiently('AddPartitionsToTxn', 'AddPartitionsToTxnResponse', act)
      for (const partition of partitions) this.#partitions.add(`${topic}-${partition}`)
    } catch (error) {
      if (!(error instanceof KafkaError || error instanceof ClientError)) throw error
      this.fail(error)
    }
  }

  fail(error: Error): void {
    this.failure ??= error
  }

  /** It is not known whether a batch arrived: its sequences cannot be used again. */
  distrust(): void {
    this.#needsNewEpoch = true
  }

  /**
   * Ends the transaction when all records have been answered. True when sequences start at 0 again.
   * @throws KafkaError or ClientError
   */
  async end(isCommit: boolean): Promise<boolean> {
    const before = this.identity
    this.isOpen = false
    // A transaction that wrote nothing is nothing that a coordinator knows of.
    if (this.#partitions.size > 0) await this.#end(isCommit)
    if (this.#needsNewEpoch && this.identity === before) await this.init()
    this.#needsNewEpoch = false
    return this.identity !== before
  }

  async #end(committed: boolean): Promise<void> {
    const { transactionalId } = this
    const newest = this.#isImplicit ? EndTxn.maxVersion : IMPLICIT_END_TXN - 1
    const act = async ({ connection, timeoutMs }: Attempt): Promise<void> => {
      this.#noteProtocol(connection)
      const request = { transactionalId, ...this.identity, committed }
      const response = await connection.call(EndTxn, request, { timeoutMs, newest })
      if (response.errorCode !== ErrorCode.NONE) throw new KafkaError(response.errorCode)
      const { producerId, producerEpoch } = response
      if (producerId >= 0n) this.identity = { producerId, producerEpoch }
    }
    await this.#patiently(`EndTxn(${committed})`, 'EndTxnResponse', act)
  }

  /** In the words of Kafka's producer. */
  async #patiently<T>(name: string, response: string, act: (attempt: Attempt) => Promise<T>): Promise<T> {
    const { transactionalId, maxBlockMs } = this.#settings
    try {
      return await this.#client.run(name, { transactionalId }, act, maxBlockMs)
    } catch (error) {
      if (error instanceof CallTimeout) {
        throw new KafkaError(error.code, `Timeout expired after ${maxBlockMs}ms while awaiting ${name}`)
      }
      if (!(error instanceof KafkaError) || OWN_WORDS.has(error.code)) throw error
      throw new ClientError(`Unexpected error in ${response}; ${errorMessage(error.code)}`, { cause: error })
    }
  }

  #noteProtocol(connection: BrokerConnection): void {
    this.#isImplicitServed =
      (connection.features.get('transaction.version') ?? 0) >= IMPLICIT_LEVEL &&
      (connection.version(EndTxn) ?? 0) >= IMPLICIT_END_TXN
  }
}

/** Of these Kafka's producer keeps the class. */
const OWN_WORDS = new Set<ErrorCode>([
  ErrorCode.UNSUPPORTED_VERSION,
  ErrorCode.PRODUCER_FENCED,
  ErrorCode.INVALID_PRODUCER_EPOCH,
  ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
  ErrorCode.TRANSACTION_ABORTABLE,
  ErrorCode.INVALID_TXN_STATE,
])
