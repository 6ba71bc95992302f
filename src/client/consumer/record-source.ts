import type { FetchedChunk } from './fetched-chunk.js'

/** Where records come from. */
export interface RecordSource {
  /**
   * What comes next; null when nothing does within `timeoutMs`, or `stop` fires. What was handed out before counts as read as
   * far as its records were taken.
   * @throws KafkaError or ClientError when going on is no use.
   */
  poll(timeoutMs: number, stop: AbortSignal): Promise<FetchedChunk | null>
  close(): Promise<void>
}
