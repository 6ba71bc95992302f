import { assert } from '../../base/assert.js'
import { UserError } from '../../base/user-error.js'
import type { CompactionReport as LogCompactionReport } from '../../storage/log-cleaner.js'
import { byTopic, topicLogs } from '../topic-logs.js'
import { type Verb, verb } from '../verb.js'

export interface CompactionReport extends LogCompactionReport {
  /** Whose replica it is; absent where it is a single broker. */
  readonly broker?: number
}

/** Compacts all logs that have `compact` in their policy, or those of one topic, whatever the share of outdated records. */
export const tickCompaction: Verb<{ readonly topic: string | null }, readonly CompactionReport[]> = verb(
  'tick.compaction',
  (given) => ({ topic: given.textOrNull('topic') }),
  async (broker, { topic }): Promise<readonly CompactionReport[]> => {
    if (broker.cluster !== null) return byTopic(await broker.cluster.askAll(tickCompaction, { topic }))
    const { housekeeping } = broker
    assert(housekeeping !== null, 'a single broker has somebody who compacts')
    const logs = topicLogs(broker, topic).filter(({ config }) => config.cleanupPolicy.has('compact'))
    if (topic !== null && logs.length === 0) {
      throw new UserError(
        `the topic ${topic} is not compacted`,
        `Have it compacted: klog configs --alter --entity-type topics --entity-name ${topic} --add-config cleanup.policy=compact`,
      )
    }
    const reports: CompactionReport[] = []
    for (const log of logs) reports.push(await housekeeping.cleaner.cleanNow(log))
    return reports
  },
)
