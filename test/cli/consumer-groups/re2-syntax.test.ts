import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { re2Problem } from '../../../src/cli/consumer-groups/re2-syntax.js'

const recorded = readFileSync(join(import.meta.dirname, '../../golden/re2-syntax.tsv'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split('\t') as [string, string])

test.each(recorded)('%s: %s, as RE2/J says', (pattern, verdict) => {
  expect(re2Problem(pattern) ?? 'OK').toBe(verdict)
})
