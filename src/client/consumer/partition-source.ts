import type { ClusterClient } from '../cluster-client.js'
import type { FetchedChunk } from './fetched-chunk.js'
import { Fetcher, type FetcherOptions } from './fetcher.js'
import type { StartingPartition } from './partition-state.js'
import type { RecordSource } from './record-source.js'

/** Records of partitions that were named, without a group. */
export class PartitionSource implements RecordSource {
  readonly #client: ClusterClient
  readonly #fetcher: Fetcher

  constructor(options: FetcherOptions, partitions: readonly StartingPartition[]) {
    this.#client = options.client
    this.#fetcher = new Fetcher(options)
    this.#fetcher.assign(partitions)
  }

  poll(timeoutMs: number, stop: AbortSignal): Promise<FetchedChunk | null> {
    return this.#fetcher.poll(timeoutMs, stop)
  }

  async close(): Promise<void> {
    this.#fetcher.close()
    this.#client.close()
  }
}
