import type { ConsumedRecord } from './fetched-chunk.js'
import type { RecordSource } from './record-source.js'

/** Kafka's `max.poll.records`. */
export const POLL_RECORDS = 500

/** Records by the handful, as Kafka's consumer hands them out: programs count in these handfuls. */
export class RecordPolls {
  #rest: Iterator<ConsumedRecord> | null = null

  constructor(
    private readonly source: RecordSource,
    private readonly recordsMax: number = POLL_RECORDS,
  ) {}

  /**
   * Up to `recordsMax` records; waits for the first of them only.
   * @throws KafkaError or ClientError when going on is no use.
   */
  async poll(timeoutMs: number, stop: AbortSignal): Promise<ConsumedRecord[]> {
    const records: ConsumedRecord[] = []
    while (records.length < this.recordsMax) {
      const next = this.#rest?.next()
      if (next?.done === false) {
        records.push(next.value)
        continue
      }
      const chunk = await this.source.poll(records.length === 0 ? timeoutMs : 0, stop)
      this.#rest = chunk?.records() ?? null
      if (this.#rest === null) break
    }
    return records
  }
}
