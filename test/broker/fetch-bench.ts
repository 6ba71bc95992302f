import { expect } from 'vitest'
import type { Uuid } from '../../src/bytes/uuid.js'
import type { Peer } from '../../src/net/peer.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import type { WriteRequest } from '../../src/protocol/schema.js'
import { batchesIn } from '../../src/records/batch.js'
import { buildBatch } from '../../src/records/builder.js'
import { DataPathBroker } from '../support/data-path-broker.js'
import { ManualClock } from '../support/manual-clock.js'

type Asked = WriteRequest<typeof Fetch>['topics'][number]['partitions'][number]

export interface AskedTopic {
  topic?: string
  topicId?: Uuid
  partitions: Asked[]
}

export interface FetchOptions {
  version?: number
  maxWaitMs?: number
  minBytes?: number
  maxBytes?: number
  isolationLevel?: number
  replicaId?: number
  sessionId?: number
  sessionEpoch?: number
  forgotten?: { topic?: string; topicId?: Uuid; partitions: number[] }[]
}

/** A broker, its clock, and a connection that fetches from it. */
export class FetchBench {
  private constructor(
    readonly clock: ManualClock,
    readonly broker: DataPathBroker,
    readonly peer: Peer,
  ) {}

  static async start(): Promise<FetchBench> {
    const clock = new ManualClock()
    const broker = await DataPathBroker.start({ clock })
    return new FetchBench(clock, broker, await broker.peer())
  }

  close(): Promise<void> {
    return this.broker.close()
  }

  fetch(topics: AskedTopic[], o: FetchOptions = {}, from: Peer = this.peer) {
    return from.call(Fetch, o.version ?? 12, request(topics, o))
  }

  /** The one partition of an answer. */
  async fetchOne(topic: string, asked: Asked, o: FetchOptions = {}, from: Peer = this.peer) {
    const { responses } = await this.fetch([{ topic, partitions: [asked] }], o, from)
    expect(responses.length).toBe(1)
    expect(responses[0]!.partitions.length).toBe(1)
    return responses[0]!.partitions[0]!
  }

  batchOf(count: number, valueBytes: number): Buffer {
    const records = Array.from({ length: count }, (_, offsetDelta) => ({
      timestamp: this.clock.now(),
      key: null,
      value: Buffer.alloc(valueBytes, 'v'),
      offsetDelta,
    }))
    return buildBatch({ records })
  }

  async append(topic: string, bytes: Buffer, index = 0): Promise<void> {
    const partition = this.broker.partitions.find(topic, index)!
    expect(partition.append(bytes, { origin: 'coordinator' })).toMatchObject({ duplicate: false })
    await partition.whenWritten()
  }
}

export function part(partition: number, fetchOffset: number, o: Partial<Asked> = {}): Asked {
  return { partition, fetchOffset, partitionMaxBytes: 1_000_000, logStartOffset: -1, ...o }
}

export function baseOffsets(records: Buffer | null): number[] {
  return [...batchesIn(records!)].map((batch) => batch.baseOffset)
}

function request(topics: AskedTopic[], o: FetchOptions) {
  const { maxWaitMs = 0, minBytes = 1, maxBytes = 1_000_000, isolationLevel = 0, replicaId = -1 } = o
  const { sessionId = 0, sessionEpoch = -1, forgotten = [] } = o
  return {
    ...(replicaId !== -1 && { replicaId }),
    maxWaitMs,
    minBytes,
    maxBytes,
    isolationLevel,
    sessionId,
    sessionEpoch,
    topics,
    forgottenTopicsData: forgotten,
  }
}
