import { expect } from 'vitest'
import type { Peer } from '../../src/net/peer.js'
import { Produce } from '../../src/protocol/messages/produce.js'
import { buildBatch } from '../../src/records/builder.js'
import { type BrokerOptions, DataPathBroker } from '../support/data-path-broker.js'

export interface ProduceOptions {
  version?: number
  acks?: number
  index?: number
  timeoutMs?: number
  transactionalId?: string | null
}

/** A broker, and a connection that produces to it. */
export class ProduceBench {
  private constructor(
    readonly broker: DataPathBroker,
    readonly peer: Peer,
  ) {}

  static async start(o: BrokerOptions = {}): Promise<ProduceBench> {
    const broker = await DataPathBroker.start(o)
    return new ProduceBench(broker, await broker.peer())
  }

  close(): Promise<void> {
    return this.broker.close()
  }

  batch(o: Partial<Parameters<typeof buildBatch>[0]> = {}): Buffer {
    return buildBatch({
      records: [{ timestamp: this.broker.clock.now(), key: Buffer.from('k'), value: Buffer.from('v') }],
      ...o,
    })
  }

  /** The one partition of an answer. */
  async produce(topic: string, records: Buffer | null, o: ProduceOptions = {}) {
    const answer = await this.peer.call(Produce, o.version ?? 9, request(topic, records, o))
    expect(answer.responses.length).toBe(1)
    expect(answer.responses[0]!.partitionResponses.length).toBe(1)
    return answer.responses[0]!.partitionResponses[0]!
  }
}

export function request(topic: string, records: Buffer | null, o: ProduceOptions = {}) {
  const { acks = -1, index = 0, timeoutMs = 1000, transactionalId = null } = o
  return { transactionalId, acks, timeoutMs, topicData: [{ name: topic, partitionData: [{ index, records }] }] }
}
