import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('every command `npm run …` that the README names is one of the package', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  const named = ['README.md', 'src/README.md'].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/npm run ([\w-]+)/g)].map((match) => match[1]!),
  )
  expect(named).toContain('soak')
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
})
