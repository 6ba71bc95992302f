import type { Peer } from '../../src/net/peer.js'
import { DescribeTransactions } from '../../src/protocol/messages/describe-transactions.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { NEW, TransactionClient } from '../support/transaction-client.js'

/** A broker that coordinates transactions, the topic `t` of two partitions, and a connection. */
export class TransactionBench {
  private constructor(
    readonly broker: DataPathBroker,
    readonly peer: Peer,
  ) {}

  static async start(settings: Record<string, string> = {}): Promise<TransactionBench> {
    const broker = await DataPathBroker.start({ settings })
    broker.apply({ type: 'FeatureLevel', name: 'transaction.version', featureLevel: 2 })
    broker.createTopic('__transaction_state', { partitions: 2 })
    broker.createTopic('t', { partitions: 2 })
    while (broker.transactions.find('a') === 14 || broker.transactions.find('b') === 14) await turn()
    return new TransactionBench(broker, await broker.peer())
  }

  close(): Promise<void> {
    return this.broker.close()
  }

  client(id = 'a', versions = NEW): Promise<TransactionClient> {
    return new TransactionClient(this.peer, id, versions).start()
  }

  /** Until every marker is written, and the coordinator has said so in its log. */
  async complete(...ids: string[]): Promise<void> {
    for (;;) {
      const { transactionStates } = await this.peer.call(DescribeTransactions, 0, { transactionalIds: ids })
      if (transactionStates.every(({ transactionState }) => transactionState.startsWith('Complete'))) return
      await turn()
    }
  }
}

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export function markerOf({ producerId, producerEpoch }: TransactionClient, more: object = {}) {
  const topics = [{ name: 't', partitionIndexes: [0] }]
  return { producerId, producerEpoch, coordinatorEpoch: 0, transactionResult: false, topics, ...more }
}
