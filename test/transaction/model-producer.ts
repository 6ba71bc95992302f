import { expect } from 'vitest'
import { ErrorCode } from '../../src/protocol/errors.js'
import { addPartitions } from '../../src/transaction/add-partitions.js'
import { type EndTransactionAnswer, endTransaction } from '../../src/transaction/end-transaction.js'
import { type InitProducerIdAnswer, initProducerId } from '../../src/transaction/init-producer-id.js'
import type { TopicPartition } from '../../src/transaction/partition-set.js'
import type { Item } from './model-partition.js'
import { type ModelWorld, PARTITIONS, waiting } from './model-world.js'

interface Identity {
  readonly producerId: bigint
  readonly producerEpoch: number
}

/** What a producer did between two ends, and what it was told of the end. */
export interface Attempt {
  readonly items: Item[]
  readonly added: TopicPartition[]
  wish: 'commit' | 'abort' | null
  told: 'committed' | 'aborted' | null
}

const TRY_AGAIN: readonly ErrorCode[] = [
  ErrorCode.CONCURRENT_TRANSACTIONS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.NOT_COORDINATOR,
]

/** A program that keeps to the protocol, dies now and then, and whose earlier lives are still heard of. */
export class ModelProducer {
  readonly attempts: Attempt[] = []
  #identity: Identity | null = null
  #attempt: Attempt | null = null
  #past: { readonly identity: Identity; readonly owner: string }[] = []
  #life = 0
  /** Of the request that is waited for; any other answer comes too late. */
  #token: object | null = null

  constructor(
    readonly name: string,
    readonly transactionalId: string,
    readonly isVersion2: boolean,
    readonly world: ModelWorld,
    /** `<producer id>/<epoch>` → who was told that it is the one. */
    readonly granted: Map<string, string>,
  ) {}

  get #owner(): string {
    return `${this.name} in life ${this.#life}`
  }

  step(): void {
    const { random } = this.world
    if (random.int(50) === 0) this.#die()
    if (random.int(20) === 0) this.#echoFromThePast()
    if (this.#token !== null && random.int(5) > 0) return
    if (this.#identity === null) this.#init(null)
    else if (this.#attempt === null) this.#beginOrInit()
    else if (this.#attempt.wish !== null) this.#end(this.#identity, this.#attempt)
    else this.#goOn(this.#identity, this.#attempt)
  }

  #beginOrInit(): void {
    if (this.world.random.int(8) === 0) {
      this.#init(this.#identity)
      return
    }
    this.#attempt = { items: [], added: [], wish: null, told: null }
    this.attempts.push(this.#attempt)
  }

  #goOn(identity: Identity, attempt: Attempt): void {
    const { random } = this.world
    const choice = random.int(4)
    if (attempt.added.length === 0 || choice === 0) this.#add(identity, attempt)
    else if (choice < 3) this.#write(identity, attempt, attempt.added[random.int(attempt.added.length)]!)
    else {
      attempt.wish = random.int(2) === 0 ? 'commit' : 'abort'
      this.#end(identity, attempt)
    }
  }

  #init(expected: Identity | null): void {
    const { producerId, producerEpoch } = expected ?? { producerId: -1n, producerEpoch: -1 }
    const event = { transactionalId: this.transactionalId, timeoutMs: 1000, producerId, producerEpoch }
    const asker = this.#asker<InitProducerIdAnswer>((answer) => {
      if (answer.errorCode === ErrorCode.NONE) this.#become(answer)
      else if (!TRY_AGAIN.includes(answer.errorCode)) this.#forget()
    })
    this.world.turn((turn) => initProducerId(turn, { ...event, enable2Pc: false, keepPreparedTxn: false }, asker))
  }

  #add(identity: Identity, attempt: Attempt): void {
    const place = PARTITIONS[this.world.random.int(PARTITIONS.length)]!
    const { transactionalId, isVersion2 } = this
    const asker = this.#asker<ErrorCode>((error) => {
      if (error === ErrorCode.NONE) {
        attempt.added.push(place)
        this.#write(identity, attempt, place)
      } else if (!TRY_AGAIN.includes(error)) this.#forget()
    })
    this.world.turn((turn) => {
      addPartitions(turn, { transactionalId, ...identity, partitions: [place], isVersion2 }, asker)
    })
  }

  #write({ producerId, producerEpoch }: Identity, attempt: Attempt, place: TopicPartition): void {
    const item: Item = { outcome: 'open' }
    if (this.world.partition(place).write(producerId, producerEpoch, item)) attempt.items.push(item)
    else this.#forget()
  }

  #end(identity: Identity, attempt: Attempt): void {
    const isCommit = attempt.wish === 'commit'
    const asker = this.#asker<EndTransactionAnswer>((answer) => {
      if (answer.errorCode === ErrorCode.NONE) {
        attempt.told = isCommit ? 'committed' : 'aborted'
        this.#attempt = null
        if (this.isVersion2) this.#become(answer)
      } else if (!TRY_AGAIN.includes(answer.errorCode)) this.#forget()
    })
    this.#sendEnd(identity, isCommit, asker)
  }

  /** A request of an earlier life, or of before, arrives once more. Whoever sent it does not listen any longer. */
  #echoFromThePast(): void {
    const { random } = this.world
    const { identity, owner } = this.#past[random.int(this.#past.length || 1)] ?? {}
    if (identity === undefined || owner === undefined || this.#isCurrent(identity)) return
    const asker = waiting<EndTransactionAnswer>((answer) => {
      if (answer.errorCode === ErrorCode.NONE && this.isVersion2) this.#grant(answer, owner)
    })
    this.#sendEnd(identity, random.int(2) === 0, asker)
  }

  #sendEnd(identity: Identity, isCommit: boolean, asker: ReturnType<typeof waiting<EndTransactionAnswer>>): void {
    const { transactionalId } = this
    const clientTransactionVersion = this.isVersion2 ? 2 : 0
    this.world.turn((turn) => {
      endTransaction(turn, { transactionalId, ...identity, isCommit, clientTransactionVersion }, asker)
    })
  }

  #asker<Answer>(answered: (answer: Answer) => void) {
    const token = {}
    this.#token = token
    return waiting<Answer>((answer) => {
      if (this.#token !== token) return
      this.#token = null
      answered(answer)
    })
  }

  #become({ producerId, producerEpoch }: Identity): void {
    this.#keepInMind()
    this.#identity = { producerId, producerEpoch }
    this.#grant(this.#identity, this.#owner)
  }

  /** Nobody else was ever told the same. */
  #grant({ producerId, producerEpoch }: Identity, owner: string): void {
    const key = `${producerId}/${producerEpoch}`
    expect(this.granted.get(key) ?? owner, `who is ${key} of ${this.transactionalId}`).toBe(owner)
    this.granted.set(key, owner)
  }

  #forget(): void {
    this.#keepInMind()
    this.#identity = null
    this.#attempt = null
    this.#token = null
  }

  #die(): void {
    this.#forget()
    this.#life++
  }

  #keepInMind(): void {
    if (this.#identity !== null)
      this.#past = [...this.#past, { identity: this.#identity, owner: this.#owner }].slice(-5)
  }

  #isCurrent({ producerId, producerEpoch }: Identity): boolean {
    return this.#identity?.producerId === producerId && this.#identity.producerEpoch === producerEpoch
  }
}
