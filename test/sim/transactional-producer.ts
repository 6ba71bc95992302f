import { ErrorCode } from '../../src/protocol/errors.js'
import { AddOffsetsToTxn } from '../../src/protocol/messages/add-offsets-to-txn.js'
import { AddPartitionsToTxn } from '../../src/protocol/messages/add-partitions-to-txn.js'
import { EndTxn } from '../../src/protocol/messages/end-txn.js'
import { FindCoordinator } from '../../src/protocol/messages/find-coordinator.js'
import { InitProducerId } from '../../src/protocol/messages/init-producer-id.js'
import { TxnOffsetCommit } from '../../src/protocol/messages/txn-offset-commit.js'
import { buildBatch } from '../../src/records/builder.js'
import { type Client, passes } from './client.js'
import type { SentRecord, Transaction } from './ledger.js'
import { produce } from './producers.js'
import type { Place } from './topics.js'
import type { Way } from './way.js'

/** Old: partitions are entered by the client. New: by the broker, and each transaction has an epoch of its own (KIP-890). */
export type Protocol = 'old' | 'new'

/** The transaction cannot go on: another epoch has taken over, or the coordinator has given it up. */
export class TransactionLost extends Error {
  override name = 'TransactionLost'
}

const LOSSES: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.INVALID_PRODUCER_EPOCH,
  ErrorCode.PRODUCER_FENCED,
  ErrorCode.INVALID_PRODUCER_ID_MAPPING,
  ErrorCode.INVALID_TXN_STATE,
  ErrorCode.TRANSACTION_ABORTABLE,
])
const TRANSACTIONS = 1
/** After so long nothing is on its way any more. In the old protocol what comes late may be taken for what is due. */
const LATE_MS_MAX = 6000

/** A producer with a transactional id, as clients have it: one thing at a time, each tried until it is known to be done. */
export class TransactionalProducer {
  #producerId = -1n
  #producerEpoch = -1
  readonly #sequences = new Map<string, number>()
  readonly #entered = new Set<string>()
  readonly #numbers = new Map<string, number>()
  #transactions = 0
  #current: Transaction | null = null

  constructor(
    readonly client: Client,
    readonly protocol: Protocol,
    readonly timeoutMs: number,
  ) {}

  get transactionalId(): string {
    return this.client.name
  }

  get #coordinator(): Way {
    return this.client.transactions(this.transactionalId)
  }

  /** Takes the transactional id over, from whatever had it before: what that left open is aborted. */
  async init(): Promise<void> {
    const { client, transactionalId, timeoutMs: transactionTimeoutMs } = this
    await client.ask(FindCoordinator, 4, { keyType: TRANSACTIONS, coordinatorKeys: [transactionalId] }, (answer) => [
      answer.coordinators[0]!.errorCode,
    ])
    const version = this.protocol === 'old' ? 3 : 5
    const answer = await this.#coordinator.ask(
      InitProducerId,
      version,
      { transactionalId, transactionTimeoutMs },
      (each) => [each.errorCode],
    )
    if (answer.errorCode !== ErrorCode.NONE) client.protest('InitProducerId', answer.errorCode)
    this.#enterEpoch(answer.producerId, answer.producerEpoch)
    this.#current = null
    client.tell(() => `is producer ${answer.producerId} of epoch ${answer.producerEpoch}`)
  }

  begin(): Transaction {
    this.#current = { name: `${this.client.name}#${this.#transactions++}`, outcome: 'open' }
    this.#entered.clear()
    return this.#current
  }

  /** @throws TransactionLost */
  async send(place: Place, contents: readonly string[]): Promise<void> {
    const { client, transactionalId } = this
    const lane = `${place.topic}-${place.partition}`
    if (this.protocol === 'old' && !this.#entered.has(lane)) await this.#enter(place)
    const records = contents.map((content) => this.#record(place, content))
    const baseSequence = this.#sequences.get(lane) ?? 0
    const timestamp = client.world.clock.now()
    const batch = (): Buffer =>
      buildBatch({
        producerId: this.#producerId,
        producerEpoch: this.#producerEpoch,
        baseSequence,
        isTransactional: true,
        records: records.map(({ value }) => ({ timestamp, key: null, value: Buffer.from(value) })),
      })
    const version = this.protocol === 'old' ? 11 : 12
    const { baseOffset } = await this.#insist(`${records.length} to ${lane}, sequence ${baseSequence}`, async () => {
      const way = client.leader(place)
      return produce(way, await way.link(), place, batch(), -1, transactionalId, version)
    })
    records.forEach((record, delta) => {
      client.world.ledger.acknowledges(record, baseOffset + delta)
    })
    this.#sequences.set(lane, baseSequence + records.length)
  }

  /** Commits how far a group has read, with the transaction. @throws TransactionLost */
  async sendOffset(groupId: string, { topic, partition }: Place, committedOffset: number): Promise<void> {
    const { client } = this
    const identity = this.#identity
    if (this.protocol === 'old')
      await this.#insist('the group', () => this.#coordinator.attempt(AddOffsetsToTxn, 3, { ...identity, groupId }))
    const partitions = [{ partitionIndex: partition, committedOffset, committedMetadata: '' }]
    const request = { ...identity, groupId, topics: [{ name: topic, partitions }] }
    await this.#insist(`${topic}-${partition} read up to ${committedOffset}`, async () => {
      const answer = await client.group(groupId).attempt(TxnOffsetCommit, this.protocol === 'old' ? 3 : 5, request)
      return answer?.topics[0]?.partitions[0] ?? null
    })
  }

  /** @throws TransactionLost */
  async end(committed: boolean): Promise<void> {
    const transaction = this.#current!
    transaction.outcome = committed ? 'maybe committed' : 'aborted'
    const request = { ...this.#identity, committed }
    const version = this.protocol === 'old' ? 4 : 5
    const answer = await this.#insist(`${transaction.name} is to be ${committed ? 'committed' : 'aborted'}`, () =>
      this.#coordinator.attempt(EndTxn, version, request),
    )
    if (committed) transaction.outcome = 'committed'
    if (this.protocol === 'new') this.#enterEpoch(answer.producerId, answer.producerEpoch)
    this.#current = null
  }

  /** What was begun will not be committed, unless that has been asked for already. */
  giveUp(): void {
    if (this.#current?.outcome === 'open') this.#current.outcome = 'aborted'
    this.#current = null
  }

  async #enter({ topic, partition }: Place): Promise<void> {
    const { transactionalId, producerId, producerEpoch } = this.#identity
    const request = {
      v3AndBelowTransactionalId: transactionalId,
      v3AndBelowProducerId: producerId,
      v3AndBelowProducerEpoch: producerEpoch,
      v3AndBelowTopics: [{ name: topic, partitions: [partition] }],
    }
    await this.#insist(`${topic}-${partition} into the transaction`, async () => {
      const answer = await this.#coordinator.attempt(AddPartitionsToTxn, 3, request)
      const result = answer?.resultsByTopicV3AndBelow[0]?.resultsByPartition[0]
      return result === undefined ? null : { errorCode: result.partitionErrorCode }
    })
    this.#entered.add(`${topic}-${partition}`)
  }

  async #insist<Answer extends { readonly errorCode: ErrorCode }>(
    what: string,
    attempt: () => Promise<Answer | null>,
  ): Promise<Answer> {
    const { client } = this
    for (;;) {
      const answer = await attempt()
      client.tell(() => `${what} -> ${answer === null ? 'no answer' : `error ${answer.errorCode}`}`)
      if (answer?.errorCode === ErrorCode.NONE) return answer
      if (answer !== null && LOSSES.has(answer.errorCode)) throw new TransactionLost(`${what}: ${answer.errorCode}`)
      if (answer !== null && !passes(answer.errorCode)) client.protest(what, answer.errorCode)
      if (answer === null && this.protocol === 'old') await client.world.clock.wait(LATE_MS_MAX)
      await client.pause(50)
    }
  }

  #record({ topic, partition }: Place, content: string): SentRecord {
    const { client } = this
    const lane = `${topic}-${partition}`
    const number = this.#numbers.get(lane) ?? 0
    this.#numbers.set(lane, number + 1)
    return client.world.ledger.sends({
      value: `${content}>${client.name}/${lane}-${number}`,
      ...{ topic, partition, producer: client.name, isIdempotent: true, transaction: this.#current },
    })
  }

  #enterEpoch(producerId: bigint, producerEpoch: number): void {
    if (producerId !== this.#producerId || producerEpoch !== this.#producerEpoch) this.#sequences.clear()
    this.#producerId = producerId
    this.#producerEpoch = producerEpoch
  }

  get #identity() {
    const { transactionalId } = this
    return { transactionalId, producerId: this.#producerId, producerEpoch: this.#producerEpoch }
  }
}

/** Transactions over several partitions, most of them committed; now and then the client dies in the middle of one. */
export async function produceInTransactions(
  client: Client,
  places: readonly Place[],
  count: number,
  options: { readonly protocol: Protocol; readonly timeoutMs: number },
): Promise<void> {
  const producer = new TransactionalProducer(client, options.protocol, options.timeoutMs)
  await producer.init()
  for (let done = 0; done < count; ) {
    try {
      producer.begin()
      const sends = 1 + client.random.int(4)
      for (let sent = 0; sent < sends; sent++) {
        if (client.random.int(25) === 0) await die(producer)
        await producer.send(
          client.oneOf(places),
          Array.from({ length: 1 + client.random.int(2) }, () => ''),
        )
        await client.pause(client.oneOf([1, 30]))
      }
      await producer.end(client.random.int(4) !== 0)
      done++
    } catch (error) {
      if (!(error instanceof TransactionLost)) throw error
      client.tell(() => `loses its transaction: ${error.message}`)
      producer.giveUp()
      await producer.init()
    }
    await client.pause(client.oneOf([1, 30, 300]))
  }
}

/** The client ends, and another of the same transactional id takes over. */
export async function die(producer: TransactionalProducer): Promise<never> {
  const { client } = producer
  client.tell(() => 'dies')
  client.disconnect()
  throw new TransactionLost('the client has died')
}
