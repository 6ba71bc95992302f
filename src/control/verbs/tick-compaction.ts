import { UserError } from '../../base/user-error.js'
import type { CompactionReport } from '../../storage/log-cleaner.js'
import { topicLogs } from '../topic-logs.js'
import { verb } from '../verb.js'

export type { CompactionReport } from '../../storage/log-cleaner.js'

/** Compacts all logs that have `compact` in their policy, or those of one topic, whatever the share of outdated records. */
export const tickCompaction = verb(
  'tick.compaction',
  (given) => ({ topic: given.textOrNull('topic') }),
  async (broker, { topic }): Promise<readonly CompactionReport[]> => {
    const logs = topicLogs(broker, topic).filter(({ config }) => config.cleanupPolicy.has('compact'))
    if (topic !== null && logs.length === 0) {
      throw new UserError(
        `the topic ${topic} is not compacted`,
        `Have it compacted: klog configs --alter --entity-type topics --entity-name ${topic} --add-config cleanup.policy=compact`,
      )
    }
    const reports: CompactionReport[] = []
    for (const log of logs) reports.push(await broker.cleaner.cleanNow(log))
    return reports
  },
)
