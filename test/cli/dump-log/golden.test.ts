import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dumpLogTool } from '../../../src/cli/dump-log/tool.js'
import { runInMemory } from '../../support/memory-io.js'

const GOLDEN = join(import.meta.dirname, '../../golden/log')

interface Recorded {
  readonly command: string
  /** Lines after `Dumping PATH`, by path. */
  readonly files: Readonly<Record<string, readonly string[]>>
}

describe('every file that Apache Kafka wrote is dumped as by its own tool', () => {
  for (const name of readdirSync(join(GOLDEN, 'dump-all'))) {
    const recorded = JSON.parse(readFileSync(join(GOLDEN, 'dump-all', name), 'utf8')) as Recorded
    const flags = recorded.command.split(' ').filter((word) => word.startsWith('--'))
    for (const [path, lines] of Object.entries(recorded.files)) {
      test(path, async () => {
        const run = await runInMemory(dumpLogTool, [...flags, '--files', path], { directory: GOLDEN })
        const [head, ...rest] = run.out
          .trimEnd()
          .split('\n')
          .map((line) => line.trimEnd())
        expect(head).toBe(`Dumping ${path}`)
        expect(rest).toEqual(lines.map((line) => line.trimEnd()))
        expect(run.exit).toBe(0)
      })
    }
  }
})

test('a segment of message formats v0 and v1 is dumped as by Kafka', async () => {
  const path = 'legacy/00000000000000000000.log'
  const run = await runInMemory(dumpLogTool, ['--print-data-log', '--files', path], { directory: GOLDEN })
  expect(run.out).toBe(`Dumping ${path}\n${readFileSync(join(GOLDEN, 'legacy/dump.txt'), 'utf8')}`)
})
