import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { KlogHome } from '../support/klog-home.js'
import { median, ms, type Row } from './table.js'

const RUNS = 11
const APACHE_RUNS = 3
const NODE_RATIO_GOAL = 3.3
const APACHE_RATIO_GOAL = 10
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
export async function everydayTools(): Promise<Row[]> {
  const home = await KlogHome.make()
  const bootstrap = ['--bootstrap-server', `localhost:${home.port}`]
  timed(home, ['topics', '--create', '--topic', 't'])
  timed(home, ['console-producer', '--topic', 't'], 'hello\n')
  timed(home, ['console-consumer', '--topic', 't', '--from-beginning', '--max-messages', '1', '--group', 'g'])
  const rows = everyday.flatMap((one) => rowsOf(home, bootstrap, one))
  rows.push(loop(home))
  await home.dispose()
  return rows
}

function rowsOf(home: KlogHome, bootstrap: readonly string[], { tool, args, input, looks }: Everyday): Row[] {
  const words = [...tool, ...bootstrap, ...args].filter((word) => word !== undefined)
  const nodes: number[] = []
  const ours: number[] = []
  for (let run = 0; run < RUNS; run++) {
    nodes.push(timed(home, null))
    ours.push(timed(home, words, input))
  }
  const ratio = median(ours.map((time, run) => time / nodes[run]!))
  const what = ['klog', ...tool, ...args].join(' ')
  const beside: Row = {
    what: `${what} against node -e 0`,
    klog: ms(median(ours)),
    against: ms(median(nodes)),
    ratio: ratio.toFixed(2),
    goal: looks ? `≤ ${NODE_RATIO_GOAL}` : '',
    met: looks ? ratio <= NODE_RATIO_GOAL : null,
  }
  const apache = apacheTimes(words, input)
  return apache === null ? [beside] : [beside, apacheRow(median(ours), median(apache))]
}

function apacheRow(ours: number, apache: number): Row {
  const ratio = apache / ours
  return {
    what: '… against Apache Kafka’s tool: so many times as fast',
    klog: ms(ours),
    against: ms(apache),
    ratio: ratio.toFixed(1),
    goal: `≥ ${APACHE_RATIO_GOAL}`,
    met: ratio >= APACHE_RATIO_GOAL,
  }
}

/** Null where there is no Java, or Kafka's jars cannot be had. */
function apacheTimes(words: readonly string[], input = ''): number[] | null {
  const times: number[] = []
  for (let run = 0; run < APACHE_RUNS; run++) {
    const start = performance.now()
    const { status } = spawnSync(apacheKafka, words, { input, stdio: ['pipe', 'ignore', 'ignore'] })
    if (status !== 0) return null
    times.push(performance.now() - start)
  }
  return times
}

function loop(home: KlogHome): Row {
  const start = performance.now()
  for (let run = 0; run < LOOP; run++) timed(home, ['get-offsets', '--topic', 't'])
  const took = performance.now() - start
  const nodeStart = performance.now()
  for (let run = 0; run < LOOP; run++) timed(home, null)
  const node = performance.now() - nodeStart
  return {
    what: `${LOOP} times klog get-offsets --topic t, one after the other`,
    klog: ms(took),
    against: ms(node),
    ratio: (took / node).toFixed(2),
    goal: '',
    met: null,
  }
}

/** Wall time of `klog ARGS…`, or of `node -e 0`, in ms. */
function timed(home: KlogHome, args: readonly string[] | null, input = ''): number {
  const start = performance.now()
  const all = args === null ? ['-e', '0'] : [klog, ...args]
  const { status, stderr } = spawnSync(process.execPath, all, { input, env: { ...process.env, ...home.env } })
  if (status !== 0) throw new Error(`klog ${args?.join(' ')}: exit ${status}: ${stderr}`)
  return performance.now() - start
}
