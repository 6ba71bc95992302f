import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { cluster } from './cluster.js'
import { compaction } from './compaction.js'
import { latency } from './latency.js'
import { librdkafka } from './librdkafka.js'
import { memory } from './memory.js'
import { pauses } from './pauses.js'
import { pipes } from './pipes.js'
import { requests } from './requests.js'
import { scale } from './scale.js'
import { startUp } from './start-up.js'
import { printTable, type Row } from './table.js'
import { throughput } from './throughput.js'
import { everydayTools } from './tools.js'

const { values, positionals } = parseArgs({
  options: { json: { type: 'string' }, quick: { type: 'boolean', default: false } },
  allowPositionals: true,
})
/** How often each pair is measured. */
const rounds = values.quick ? 1 : 3

/** In the order in which they run; `npm run bench -- memory compaction` runs these two alone. */
const groups: Readonly<Record<string, () => Promise<Row[]>>> = {
  'start-up': startUp,
  tools: everydayTools,
  requests: () => requests(rounds),
  latency: () => latency(rounds),
  librdkafka: () => librdkafka(rounds),
  throughput,
  pipes,
  scale,
  memory,
  cluster: () => cluster(rounds),
  compaction,
  pauses,
}

const unknown = positionals.find((name) => !Object.hasOwn(groups, name))
if (unknown !== undefined) {
  console.error(`There is no group of rows named ${unknown}. The groups: ${Object.keys(groups).join(', ')}.`)
  process.exit(1)
}

// A certificate file that the person's environment names makes each start of Node some 30 ms longer: no part of what is measured.
delete process.env.NODE_EXTRA_CA_CERTS

console.log(`Node ${process.version}; every ratio is of figures from this one run.`)
const rows: Row[] = []
for (const name of positionals.length === 0 ? Object.keys(groups) : positionals) rows.push(...(await groups[name]!()))
printTable(rows)
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ node: process.version, rows }, null, 2)}\n`)
