import { assert } from '../../base/assert.js'
import { byTopic, topicLogs } from '../topic-logs.js'
import { type Verb, verb } from '../verb.js'

/** What retention took from one partition. */
export interface RetentionReport {
  /** Whose replica it is; absent where it is a single broker. */
  readonly broker?: number
  readonly topic: string
  readonly partition: number
  readonly deletedSegments: number
  readonly deletedBytes: number
  /** Offsets that are gone: as many as records, where nothing had been compacted and no transaction ended. */
  readonly deletedRecords: number
  readonly logStartOffset: number
}

/** Has retention look at all logs now, or those of one topic, by the topics' settings; of a cluster at those of every broker. */
export const tickRetention: Verb<{ readonly topic: string | null }, readonly RetentionReport[]> = verb(
  'tick.retention',
  (given) => ({ topic: given.textOrNull('topic') }),
  async (controlled, asked): Promise<readonly RetentionReport[]> => {
    if (controlled.cluster !== null) return byTopic(await controlled.cluster.askAll(tickRetention, asked))
    const { housekeeping } = controlled
    assert(housekeeping !== null, 'a single broker has somebody who removes what is old')
    const reports: RetentionReport[] = []
    for (const log of topicLogs(controlled, asked.topic)) {
      const { logStartOffset } = log
      const sizes = log.segments.map(({ sizeBytes }) => sizeBytes)
      const deletedSegments = await housekeeping.retention.pruneNow(log)
      reports.push({
        topic: log.topic,
        partition: log.partition,
        deletedSegments,
        deletedBytes: sizes.slice(0, deletedSegments).reduce((sum, sizeBytes) => sum + sizeBytes, 0),
        deletedRecords: log.logStartOffset - logStartOffset,
        logStartOffset: log.logStartOffset,
      })
    }
    return reports
  },
)
