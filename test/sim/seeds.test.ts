import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, test } from 'vitest'

/** So many simulations on a machine that has time, fewer on one that has not. */
const MINUTES_MAX = 0.9
/** Those of one broker, and beside them those of several; a machine that does fewer has no time for anything. */
const KINDS = [
  { brokers: '1', seedsMin: 20, seedsMax: 2000 },
  { brokers: '3-5', seedsMin: 4, seedsMax: 60 },
]

const RUN = fileURLToPath(new URL('run.ts', import.meta.url))

test('every promise is kept, whatever is killed, cut off and delayed, by one broker and by several', async () => {
  const runs = await Promise.all(
    KINDS.map(async ({ brokers, seedsMin, seedsMax }) => {
      const bounds = ['--brokers', brokers, '--seeds', String(seedsMax), '--minutes', String(MINUTES_MAX)]
      const { exitCode, stdout, stderr } = await execa('node', ['--import', 'tsx', RUN, ...bounds], { reject: false })
      return { exitCode, output: `${stdout}\n${stderr}`, seedsMin }
    }),
  )
  for (const { exitCode, output, seedsMin } of runs) {
    expect(exitCode, output).toBe(0)
    expect(Number(/^(\d+) simulations/m.exec(output)?.[1]), output).toBeGreaterThanOrEqual(seedsMin)
  }
}, 300_000)
