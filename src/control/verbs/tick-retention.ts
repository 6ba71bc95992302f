import { topicLogs } from '../topic-logs.js'
import { verb } from '../verb.js'

/** What retention took from one partition. */
export interface RetentionReport {
  readonly topic: string
  readonly partition: number
  readonly deletedSegments: number
  readonly deletedBytes: number
  /** Offsets that are gone: as many as records, where nothing had been compacted and no transaction ended. */
  readonly deletedRecords: number
  readonly logStartOffset: number
}

/** Has retention look at all logs now, or those of one topic, by the topics' settings. */
export const tickRetention = verb(
  'tick.retention',
  (given) => ({ topic: given.textOrNull('topic') }),
  async (broker, { topic }): Promise<readonly RetentionReport[]> =>
    topicLogs(broker, topic).map((log) => {
      const { sizeBytes, logStartOffset } = log
      const deletedSegments = log.deleteOldSegments()
      return {
        topic: log.topic,
        partition: log.partition,
        deletedSegments,
        deletedBytes: sizeBytes - log.sizeBytes,
        deletedRecords: log.logStartOffset - logStartOffset,
        logStartOffset: log.logStartOffset,
      }
    }),
)
