import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, test } from 'vitest'

/** Of each of two processes: so many simulations on a machine that has time, fewer on one that has not. */
const SEEDS_MAX = 2000
const MINUTES_MAX = 0.85
/** A machine that does less has no time for anything. */
const SEEDS_MIN = 20

const RUN = fileURLToPath(new URL('run.ts', import.meta.url))

test(`every promise is kept, whatever is killed, cut off and delayed: up to ${2 * SEEDS_MAX} simulations`, async () => {
  const runs = await Promise.all(
    [1, 1_000_001].map(async (first) => {
      const bounds = ['--from', String(first), '--seeds', String(SEEDS_MAX), '--minutes', String(MINUTES_MAX)]
      const { exitCode, stdout, stderr } = await execa('node', ['--import', 'tsx', RUN, ...bounds], { reject: false })
      return { exitCode, output: `${stdout}\n${stderr}` }
    }),
  )
  for (const { exitCode, output } of runs) {
    expect(exitCode, output).toBe(0)
    expect(Number(/^(\d+) simulations/m.exec(output)?.[1]), output).toBeGreaterThanOrEqual(SEEDS_MIN)
  }
}, 300_000)
