import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../../src/cli/commands.js'
import { didYouMean, nearest } from '../../../src/cli/did-you-mean.js'
import { notFoundText } from '../../../src/cli/help/not-found.js'
import { overview } from '../../../src/cli/help/overview.js'
import { ownTools } from '../../../src/cli/own-tools.js'
import { Progress } from '../../../src/cli/progress.js'
import { tools } from '../../../src/cli/tools.js'
import { runInMemory } from '../../support/memory-io.js'

describe('klog --help', () => {
  const lines = overview(Object.keys(tools)).split('\n').slice(0, -1)

  test('fits a screen of 80 columns and 24 lines', () => {
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('names every command', () => {
    const shown = new Set(lines.join('\n').split(/[\s,:]+/))
    const names = [...new Set(Object.keys(COMMANDS).map((id) => id.split(':')[0]!))].filter((name) => name !== 'tools')
    expect(names.filter((name) => !shown.has(name))).toEqual([])
  })
})

describe.each(Object.entries({ ...tools, ...ownTools }))('klog %s --help', (name, load) => {
  test('begins with three examples or more', async () => {
    const { exit, out } = await runInMemory(await load(), ['--help'])
    expect(exit).toBe(0)
    const [, examples = ''] = /^(?:.+\n)+\nExamples:\n((?: {2}.+\n)+)\n/.exec(out) ?? []
    const lines = examples
      .replace(/ \\\n +/g, ' ')
      .split('\n')
      .slice(0, -1)
    expect(lines.length).toBeGreaterThanOrEqual(3)
    for (const line of lines) expect(line).toMatch(new RegExp(`^ {2}klog ${name}(?: |$)`))
  })

  test('is no wider than 80 columns', async () => {
    const { out } = await runInMemory(await load(), ['--help'])
    expect(out.split('\n').filter((line) => [...line].length > 80)).toEqual([])
  })
})

test('every command tells in one line of 80 columns what it is for', () => {
  const summaries = Object.entries(COMMANDS).filter(([id]) => !Object.hasOwn({ ...tools, ...ownTools }, id))
  expect(summaries.filter(([, { summary }]) => summary === undefined || summary.length > 80)).toEqual([])
})

test.each(Object.entries(COMMANDS))('%s has three examples or more, each a command line of it', (id, command) => {
  const examples = command.examples as readonly string[]
  expect(examples.length).toBeGreaterThanOrEqual(3)
  expect(new Set(examples).size).toBe(examples.length)
  const words = id.replaceAll(':', ' ')
  const lines = examples.map((each) =>
    each.replaceAll('<%= config.bin %>', 'klog').replaceAll('<%= command.id %>', words),
  )
  for (const line of lines) expect(line).toMatch(/^(?:KLOG_HOME=\S+ )?klog \w|^klog /)
  expect(lines.filter((line) => line.includes(`klog ${words}`)).length).toBeGreaterThan(0)
})

describe('did you mean', () => {
  test.each([
    ['ordrs', ['orders', 'payments'], ['orders']],
    ['order', ['orders', 'order-items'], ['order-items', 'orders']],
    ['strat', ['start', 'status', 'stop'], ['start']],
    ['Orders', ['orders'], ['orders']],
    ['odrers', ['orders'], ['orders']],
    ['x', ['orders', 'y'], ['y']],
    ['payments', ['orders'], []],
    ['orders', ['orders'], []],
    ['7', ['0', '1'], []],
  ])('%s of %j: %j', (word, candidates, found) => {
    expect(nearest(word, candidates)).toEqual(found)
  })

  test('is a question', () => {
    expect(didYouMean('lst', ['list', 'last'], '--')).toBe('did you mean --last, or --list?')
    expect(didYouMean('zebra', ['list'])).toBeNull()
  })

  test.each([
    ['topcs', 'did you mean klog topics?'],
    ['kafka-topics.sh', 'in klog it is: klog topics'],
    ['kafka-simple-consumer-shell', 'today: klog console-consumer'],
    ['broker strat', 'did you mean klog broker start?'],
    ['nonsense', 'klog --help lists the commands.'],
  ])('the command %s', (typed, text) => {
    expect(notFoundText(typed, ['topics', 'broker start'])).toContain(text)
  })
})

describe('a progress bar', () => {
  const draw = (stdoutIsTerminal: boolean, stderrIsTerminal: boolean, mayShare = false): string => {
    let now = 0
    let drawn = ''
    const io = {
      stdout: { isTerminal: stdoutIsTerminal },
      stderr: {
        isTerminal: stderrIsTerminal,
        write: (chunk: string | Uint8Array) => {
          drawn += chunk
          return true
        },
      },
      clock: { now: () => now, monotonicMs: () => now, after: () => ({ cancel: () => {} }) },
    }
    const progress = new Progress(io, 'reading', 100, mayShare)
    for (const done of [10, 50, 100]) {
      now += 300
      progress.at(done)
    }
    progress.end()
    return drawn
  }

  test('comes after a moment, grows, and goes', () => {
    expect(draw(false, true)).toBe(
      `\rreading [${'#'.repeat(15)}${'.'.repeat(15)}]  50 %\rreading [${'#'.repeat(30)}] 100 %\r\u001b[K`,
    )
  })

  test('is on a terminal only, and not on one with the output, unless that makes room', () => {
    expect([draw(false, false), draw(true, true), draw(true, false)]).toEqual(['', '', ''])
    expect(draw(true, true, true)).toContain('50 %')
  })
})
