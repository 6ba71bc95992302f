import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../../src/base/clock.js'
import { residentBytes } from '../../src/cli/local/process.js'
import { KillableBroker } from '../crash/killable-broker.js'
import { waited } from '../crash/real-world.js'
import { FLOODS } from './floods.js'
import { watchNeighbour } from './neighbour.js'

const USAGE = `What comes in masses, each kind at a broker of its own: npm run flood -- [--count N] [--only WORD]

  --count N     so many of each, 10000 if left out
  --only WORD   those with this word in their name
`

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) process.stdout.write(USAGE)
else
  for (const flood of FLOODS.filter(({ name }) => name.includes(values.only)))
    await measure(flood, Number(values.count))
process.exit()

async function measure({ name, begin }: (typeof FLOODS)[number], count: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'klog-flood-'))
  const settings = new Map([['group.initial.rebalance.delay.ms', '0']])
  const broker = await KillableBroker.make(directory, settings, (line) => console.log(line))
  await broker.start()
  const pid = broker.pid!
  const neighbour = watchNeighbour(broker.port)
  const before = residentBytes(pid) ?? 0
  const startMs = systemClock.monotonicMs()
  const end = await begin(broker.port, count)
  const tookMs = systemClock.monotonicMs() - startMs
  await waited(systemClock, 500)
  const after = residentBytes(pid) ?? 0
  const descriptors = readdirSync(`/proc/${pid}/fd`).length
  end()
  const neighbourMs = await (await neighbour)()
  const grown = after - before
  console.log(
    `${count} ${name}: ${(grown / 1e6).toFixed(0)} MB more (${(grown / count / 1000).toFixed(1)} kB each), ` +
      `${descriptors} descriptors, ${(tookMs / 1000).toFixed(1)} s; others waited ${neighbourMs.toFixed(0)} ms at most`,
  )
  await broker.end('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
}
