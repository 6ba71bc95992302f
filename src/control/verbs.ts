import type { Verb } from './verb.js'
import { advanceTime } from './verbs/advance-time.js'
import { readTime } from './verbs/read-time.js'
import { saveSnapshot } from './verbs/save-snapshot.js'
import { tickCompaction } from './verbs/tick-compaction.js'
import { tickRetention } from './verbs/tick-retention.js'

/** By their names. */
export const verbs: ReadonlyMap<string, Verb<never, unknown>> = new Map(
  [advanceTime, readTime, saveSnapshot, tickCompaction, tickRetention].map((each) => [
    each.name,
    each as Verb<never, unknown>,
  ]),
)
