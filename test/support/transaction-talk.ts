import type { Peer } from '../../src/net/peer.js'
import { errorName } from '../../src/protocol/errors.js'
import { AddPartitionsToTxn } from '../../src/protocol/messages/add-partitions-to-txn.js'
import { DescribeTransactions } from '../../src/protocol/messages/describe-transactions.js'
import { EndTxn } from '../../src/protocol/messages/end-txn.js'
import { InitProducerId } from '../../src/protocol/messages/init-producer-id.js'

type Options = Record<string, string>

/**
 * Asks a broker in the words of `test/golden/transaction-state/conversations.txt`, about one transactional id, and tells its answers
 * in them: whose producer ids count from 1000.
 */
export class TransactionTalk {
  readonly #producerIds: bigint[] = []

  constructor(
    readonly peer: Peer,
    readonly transactionalId: string,
  ) {}

  /** Without the answers that only ask for patience. */
  async say(line: string, isPatienceAskedFor: boolean): Promise<string> {
    const [command, ...words] = line.split(' ')
    const o: Options = Object.fromEntries(words.map((word) => word.split(/=(.*)/s).slice(0, 2)))
    for (;;) {
      await this.#isEnded()
      const answer = await this.#ask(command!, o)
      if (!answer.startsWith('51') || isPatienceAskedFor) return answer
    }
  }

  #ask(command: string, o: Options): Promise<string> {
    if (command === 'init') return this.#init(o)
    if (command === 'add' || command === 'verify') return this.#addOrVerify(o, command === 'verify')
    return command === 'describe' ? this.#describe() : this.#end(o, command === 'commit')
  }

  async #init(o: Options): Promise<string> {
    const producerId = o.pid === undefined ? -1n : this.#producerId(o.pid)
    const request = { transactionalId: this.transactionalId, transactionTimeoutMs: 60_000, producerId }
    return this.#told(await this.peer.call(InitProducerId, 5, { ...request, producerEpoch: Number(o.epoch ?? -1) }))
  }

  async #end(o: Options, committed: boolean): Promise<string> {
    const request = { transactionalId: this.transactionalId, ...this.#producer(o), committed }
    return this.#told(await this.peer.call(EndTxn, o.v === '0' ? 4 : 5, request))
  }

  async #addOrVerify(o: Options, verifyOnly: boolean): Promise<string> {
    const places = (o.to ?? o.in!).split(',')
    const topics = [...new Set(places.map((place) => place[0]!))].map((name) => ({
      name,
      partitions: places.filter((place) => place[0] === name).map((place) => Number(place.slice(2))),
    }))
    const results = o.v === '1' ? await this.#addAsOlder(o, topics) : await this.#addAsBroker(o, topics, verifyOnly)
    const codes = new Map<string, number>(
      results.flatMap(({ name, resultsByPartition }) =>
        resultsByPartition.map((result) => [`${name}-${result.partitionIndex}`, result.partitionErrorCode] as const),
      ),
    )
    const told = places.map((place) => codeText(codes.get(place)!))
    return verifyOnly ? told.join(', ') : [...new Set(told)].join(', ')
  }

  async #addAsOlder(o: Options, topics: { name: string; partitions: number[] }[]) {
    const { producerId, producerEpoch } = this.#producer(o)
    const answer = await this.peer.call(AddPartitionsToTxn, 3, {
      v3AndBelowTransactionalId: this.transactionalId,
      v3AndBelowProducerId: producerId,
      v3AndBelowProducerEpoch: producerEpoch,
      v3AndBelowTopics: topics,
    })
    return answer.resultsByTopicV3AndBelow
  }

  async #addAsBroker(o: Options, topics: { name: string; partitions: number[] }[], verifyOnly: boolean) {
    const { transactionalId } = this
    const transactions = [{ transactionalId, ...this.#producer(o), verifyOnly, topics }]
    return (await this.peer.call(AddPartitionsToTxn, 5, { transactions })).resultsByTransaction[0]!.topicResults
  }

  async #describe(): Promise<string> {
    const found = await this.#description()
    if (found.errorCode !== 0) return codeText(found.errorCode)
    const { transactionState, transactionTimeoutMs, transactionStartTimeMs } = found
    const places = found.topics.map(({ topic, partitions }) => `${topic}:${[...partitions].sort().join('+')}`).sort()
    const start = transactionStartTimeMs < 0 ? transactionStartTimeMs : 'T'
    const times = `timeout ${transactionTimeoutMs} start ${start}`
    return [transactionState, this.#name(found), times, ...places].join(' ')
  }

  async #description() {
    const request = { transactionalIds: [this.transactionalId] }
    return (await this.peer.call(DescribeTransactions, 0, request)).transactionStates[0]!
  }

  async #isEnded(): Promise<void> {
    while ((await this.#description()).transactionState.startsWith('Prepare'));
  }

  #producer(o: Options): { producerId: bigint; producerEpoch: number } {
    return { producerId: this.#producerId(o.pid ?? '1000'), producerEpoch: Number(o.epoch ?? 0) }
  }

  #producerId(name: string): bigint {
    return this.#producerIds[Number(name) - 1000] ?? BigInt(2 ** 40)
  }

  #told(answer: { errorCode: number; producerId: bigint; producerEpoch: number }): string {
    const isTold = answer.producerId !== -1n || answer.producerEpoch !== -1
    return isTold ? `${codeText(answer.errorCode)} ${this.#name(answer)}` : codeText(answer.errorCode)
  }

  #name({ producerId, producerEpoch }: { producerId: bigint; producerEpoch: number }): string {
    if (!this.#producerIds.includes(producerId)) this.#producerIds.push(producerId)
    return `${1000 + this.#producerIds.indexOf(producerId)}/${producerEpoch}`
  }
}

const codeText = (code: number): string => (code === 0 ? 'ok' : `${code} ${errorName(code)}`)
