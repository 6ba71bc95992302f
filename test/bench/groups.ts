import { cluster } from './cluster.js'
import { compaction } from './compaction.js'
import { consume } from './consume.js'
import { crowd } from './crowd.js'
import { firstProduce } from './first-produce.js'
import { latency } from './latency.js'
import { librdkafka } from './librdkafka.js'
import { memory } from './memory.js'
import { pauses } from './pauses.js'
import { pipes } from './pipes.js'
import { realClients } from './real-clients.js'
import { rebalances } from './rebalances.js'
import { requests } from './requests.js'
import type { Row } from './row.js'
import { scale } from './scale.js'
import type { Scope } from './scope.js'
import { sizes } from './sizes.js'
import { startUp } from './start-up.js'
import { everydayTools } from './tools.js'
import { transactions } from './transactions.js'
import { wideFetch } from './wide-fetch.js'

export interface Group {
  readonly what: string
  /** Whether `--quick` takes it. */
  readonly isQuick: boolean
  readonly rows: (scope: Scope) => Promise<Row[]>
}

/** In the order in which they run. */
export const groups: Readonly<Record<string, Group>> = {
  'start-up': { what: 'the very first commands, with no broker running', isQuick: true, rows: startUp },
  tools: { what: 'every everyday command', isQuick: true, rows: everydayTools },
  requests: { what: 'produce requests from a program in C', isQuick: true, rows: requests },
  consume: { what: 'fetches from a program in C: tail, page cache, disk', isQuick: true, rows: consume },
  latency: { what: 'one record at a pace', isQuick: true, rows: latency },
  transactions: { what: 'begun, produced to and committed', isQuick: false, rows: transactions },
  sizes: { what: 'messages of 1 to 100 MB', isQuick: false, rows: sizes },
  'wide-fetch': { what: 'one consumer of 1,000 partitions', isQuick: true, rows: wideFetch },
  'first-produce': { what: 'a topic created and produced to', isQuick: true, rows: firstProduce },
  rebalances: { what: 'of a group of 50 members', isQuick: true, rows: rebalances },
  crowd: { what: 'what a record costs beside much that lies idle', isQuick: true, rows: crowd },
  librdkafka: { what: 'records through librdkafka', isQuick: false, rows: librdkafka },
  'real-clients': {
    what: "records through kafkajs and Apache Kafka's performance tools",
    isQuick: false,
    rows: realClients,
  },
  pipes: { what: 'lines through the console tools', isQuick: false, rows: pipes },
  scale: { what: '10,000 partitions, 5 GB to recover, 1,000 idle connections', isQuick: false, rows: scale },
  memory: { what: 'of an idle and a busy broker', isQuick: true, rows: memory },
  cluster: { what: 'three brokers', isQuick: false, rows: cluster },
  compaction: { what: 'five million keys', isQuick: false, rows: compaction },
  pauses: { what: 'of the event loop under background work', isQuick: false, rows: pauses },
}
