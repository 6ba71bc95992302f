import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { KlogHome } from '../support/klog-home.js'
import { type Row, rowOf } from './row.js'
import type { Scope } from './scope.js'
import { ms } from './units.js'

const RUNS = 11
const APACHE_RUNS = 3
const NODE_RATIO_GOAL = 3.3
/** Klog's time beside that of Apache Kafka's tool. */
const APACHE_RATIO_GOAL = 0.1
const LOOP = 100
const klog = join(import.meta.dirname, '../../bin/klog.js')
const apacheKafka = join(import.meta.dirname, '../compat/kafka/kafka')

interface Everyday {
  /** With the word after it that must come before any option. */
  readonly tool: readonly [name: string, word?: string]
  readonly args: readonly string[]
  readonly input?: string
  /** Lists or describes, and so has a goal beside `node -e 0`. */
  readonly looks: boolean
}

const everyday: readonly Everyday[] = [
  { tool: ['topics'], args: ['--list'], looks: true },
  { tool: ['topics'], args: ['--describe'], looks: true },
  { tool: ['consumer-groups'], args: ['--list'], looks: true },
  { tool: ['consumer-groups'], args: ['--describe', '--group', 'g'], looks: true },
  { tool: ['configs'], args: ['--describe', '--entity-type', 'topics'], looks: true },
  { tool: ['get-offsets'], args: ['--topic', 't'], looks: true },
  { tool: ['log-dirs'], args: ['--describe'], looks: true },
  { tool: ['groups'], args: ['--list'], looks: true },
  { tool: ['console-producer'], args: ['--topic', 't'], input: 'hello\n', looks: false },
  { tool: ['console-consumer'], args: ['--topic', 't', '--from-beginning', '--max-messages', '1'], looks: false },
  { tool: ['cluster', 'cluster-id'], args: [], looks: true },
  { tool: ['broker-api-versions'], args: [], looks: true },
  { tool: ['metadata-quorum'], args: ['describe', '--status'], looks: true },
  { tool: ['features'], args: ['describe'], looks: true },
]

/** How long each tool takes, beside what Node takes to do nothing and beside Apache Kafka's tool, all with klog's broker. */
export async function everydayTools({ hasApache }: Scope): Promise<Row[]> {
  const home = await KlogHome.make()
  const bootstrap = ['--bootstrap-server', `localhost:${home.port}`]
  timed(home, ['topics', '--create', '--topic', 't'])
  timed(home, ['console-producer', '--topic', 't'], 'hello\n')
  timed(home, ['console-consumer', '--topic', 't', '--from-beginning', '--max-messages', '1', '--group', 'g'])
  const rows = everyday.map((one) => everydayRow(home, bootstrap, one, hasApache))
  rows.push(loop(home))
  await home.dispose()
  return rows
}

function everydayRow(
  home: KlogHome,
  bootstrap: readonly string[],
  { tool, args, input, looks }: Everyday,
  hasApache: boolean,
): Row {
  const words = [...tool, ...bootstrap, ...args].filter((word) => word !== undefined)
  const node: number[] = []
  const ours: number[] = []
  for (let run = 0; run < RUNS; run++) {
    node.push(timed(home, null))
    ours.push(timed(home, words, input))
  }
  const apache = hasApache ? apacheTimes(words, input) : []
  const goals = { apache: APACHE_RATIO_GOAL, ...(looks && { node: NODE_RATIO_GOAL }) }
  const what = ['klog', ...tool, ...args].join(' ')
  return rowOf({ what, unit: ms, better: 'lower', goals }, { klog: ours, apache, node })
}

/** None where there is no Java, or Kafka's jars cannot be had. */
function apacheTimes(words: readonly string[], input = ''): number[] {
  const times: number[] = []
  for (let run = 0; run < APACHE_RUNS; run++) {
    const start = performance.now()
    const { status } = spawnSync(apacheKafka, words, { input, stdio: ['pipe', 'ignore', 'ignore'] })
    if (status !== 0) return []
    times.push(performance.now() - start)
  }
  return times
}

function loop(home: KlogHome): Row {
  const ours: number[] = []
  const node: number[] = []
  for (let run = 0; run < LOOP; run++) ours.push(timed(home, ['get-offsets', '--topic', 't']))
  for (let run = 0; run < LOOP; run++) node.push(timed(home, null))
  const sum = (times: readonly number[]): number[] => [times.reduce((all, one) => all + one, 0)]
  return rowOf(
    { what: `${LOOP} times klog get-offsets --topic t, one after the other`, unit: ms, better: 'lower' },
    { klog: sum(ours), node: sum(node) },
  )
}

/** Wall time of `klog ARGS…`, or of `node -e 0`, in ms. */
function timed(home: KlogHome, args: readonly string[] | null, input = ''): number {
  const start = performance.now()
  const all = args === null ? ['-e', '0'] : [klog, ...args]
  const { status, stderr } = spawnSync(process.execPath, all, { input, env: { ...process.env, ...home.env } })
  if (status !== 0) throw new Error(`klog ${args?.join(' ')}: exit ${status}: ${stderr}`)
  return performance.now() - start
}
