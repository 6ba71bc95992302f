import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { groups } from './groups.js'
import { jsonOf, keep, lastResult, resultOf } from './last-result.js'
import type { Row } from './row.js'
import type { Scope } from './scope.js'
import { printTable } from './table.js'

const ROUNDS = 3
const HELP = `npm run bench -- [options] [group …]

Measures klog beside Apache Kafka and beside the least that a broker can do, in C. Each ratio is of figures from one run; beside it
stands that of the last result that was kept, and WORSE where it is worse by more than both scatter.

  --quick        klog and the floor alone, each pair once, in about two minutes: the groups marked with *
  --rounds N     how often each pair is measured, after a round that warms up: ${ROUNDS}
  --json FILE    writes the figures to a file
  --keep         makes them the last result, test/bench/last.json; groups that did not run keep theirs
  --help

Groups, in the order in which they run:
${Object.entries(groups)
  .map(([name, { what, isQuick }]) => `  ${isQuick ? '*' : ' '} ${name.padEnd(13)} ${what}`)
  .join('\n')}
`

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: String(ROUNDS) },
    json: { type: 'string' },
    quick: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const unknown = positionals.find((name) => !Object.hasOwn(groups, name))
if (unknown !== undefined)
  fail(`There is no group of rows named ${unknown}. The groups: ${Object.keys(groups).join(', ')}.`)
if (!(Number(values.rounds) >= 1)) fail('--rounds takes a number from 1 on.')
if (values.keep && values.quick)
  fail('What --quick measures is too little to be compared with: run without it to keep the result.')
if (values.help) console.log(HELP)
else await bench()

async function bench(): Promise<void> {
  // A certificate file that the person's environment names makes each start of Node some 30 ms longer: no part of what is measured.
  delete process.env.NODE_EXTRA_CA_CERTS
  const scope: Scope = values.quick
    ? { rounds: 1, hasApache: false }
    : { rounds: Number(values.rounds), hasApache: true }
  console.log(`Node ${process.version}; every ratio is of figures from this one run.`)
  const measured: Record<string, readonly Row[]> = {}
  for (const name of asked()) {
    const start = performance.now()
    try {
      measured[name] = await groups[name]!.rows(scope)
    } catch (error) {
      // The figures of the others are there all the same.
      console.error(`${name}: ${(error as Error).stack}`)
      process.exitCode = 1
    }
    console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`)
  }
  printTable(measured, lastResult())
  const result = resultOf(measured)
  if (values.json !== undefined) writeFileSync(values.json, jsonOf(result))
  if (values.keep) keep(result)
}

function asked(): readonly string[] {
  if (positionals.length > 0) return positionals
  return Object.keys(groups).filter((name) => !values.quick || groups[name]!.isQuick)
}

function fail(text: string): never {
  console.error(text)
  process.exit(1)
}
