import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { KlogHome } from '../support/klog-home.js'
import { median, ms, type Row } from './table.js'

const RUNS = 15
const COLD_RUNS = 5
const COLD_START_MS_GOAL = 300
const LIST_RATIO_GOAL = 4
const klog = join(import.meta.dirname, '../../bin/klog.js')

/** How long a person waits: for the very first command, and for one in a loop. */
export async function startUp(): Promise<Row[]> {
  return [...(await coldStart()), await listing()]
}

async function coldStart(): Promise<Row[]> {
  const produced: number[] = []
  const readBack: number[] = []
  for (let run = 0; run < COLD_RUNS; run++) {
    const home = await KlogHome.make()
    const start = performance.now()
    timed(home, ['console-producer', '--topic', 'first'], 'hello\n')
    produced.push(performance.now() - start)
    timed(home, ['console-consumer', '--topic', 'first', '--from-beginning', '--max-messages', '1'])
    readBack.push(performance.now() - start)
    await home.dispose()
  }
  const first = median(produced)
  return [
    {
      what: 'no broker runs: first command to first record acknowledged',
      klog: ms(first),
      against: '',
      ratio: '',
      goal: `≤ ${COLD_START_MS_GOAL} ms`,
      met: first <= COLD_START_MS_GOAL,
    },
    {
      what: '… and read back by a second command',
      klog: ms(median(readBack)),
      against: '',
      ratio: '',
      goal: '',
      met: null,
    },
  ]
}

async function listing(): Promise<Row> {
  const home = await KlogHome.make()
  timed(home, ['topics', '--create', '--topic', 'listed'])
  const ours: number[] = []
  const nodes: number[] = []
  for (let run = 0; run < RUNS; run++) {
    nodes.push(timed(home, null))
    ours.push(timed(home, ['topics', '--list']))
  }
  await home.dispose()
  const ratio = median(ours.map((time, run) => time / nodes[run]!))
  return {
    what: 'klog topics --list against node -e 0',
    klog: ms(median(ours)),
    against: ms(median(nodes)),
    ratio: ratio.toFixed(2),
    goal: `≤ ${LIST_RATIO_GOAL}`,
    met: ratio <= LIST_RATIO_GOAL,
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
