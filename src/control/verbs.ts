import type { Verb } from './verb.js'
import { addBroker } from './verbs/add-broker.js'
import { advanceTime } from './verbs/advance-time.js'
import { checkBroker } from './verbs/check-broker.js'
import { cutBroker } from './verbs/cut-broker.js'
import { healCluster } from './verbs/heal-cluster.js'
import { killBroker } from './verbs/kill-broker.js'
import { lagBroker } from './verbs/lag-broker.js'
import { pauseBroker } from './verbs/pause-broker.js'
import { readCluster } from './verbs/read-cluster.js'
import { readNode } from './verbs/read-node.js'
import { readTime } from './verbs/read-time.js'
import { resumeBroker } from './verbs/resume-broker.js'
import { saveSnapshot } from './verbs/save-snapshot.js'
import { setFaults } from './verbs/set-faults.js'
import { startBroker } from './verbs/start-broker.js'
import { stopBroker } from './verbs/stop-broker.js'
import { tickCompaction } from './verbs/tick-compaction.js'
import { tickRetention } from './verbs/tick-retention.js'

const ALL = [
  ...[checkBroker, advanceTime, readTime, saveSnapshot, tickCompaction, tickRetention],
  ...[readCluster, addBroker, startBroker, stopBroker, killBroker, pauseBroker, resumeBroker],
  ...[lagBroker, cutBroker, healCluster],
  ...[readNode, setFaults],
]

/** By their names. */
export const verbs: ReadonlyMap<string, Verb<never, unknown>> = new Map(
  ALL.map((each) => [each.name, each as Verb<never, unknown>]),
)
