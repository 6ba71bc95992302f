import type { GoldenLine } from './golden-file.js'

/** What placeholders stand for in one replay: known from the start, or learned at first sight. */
export type Values = Map<string, string>

const PLACEHOLDER = /(?<!\\)\{([a-z][a-z0-9-]*)(:[^{}]*)?\}/g

/** What a placeholder of each kind looks like; a word that is not here is a number, never the same twice. */
const LOOKS: Readonly<Record<string, string>> = {
  bootstrap: '127\\.0\\.0\\.1:\\d+',
  controller: '127\\.0\\.0\\.1:\\d+',
  'topic-id': '[A-Za-z0-9_-]{22}',
  uuid: '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  id: '[A-Za-z0-9_-]{22}',
  'random-group': 'console-consumer-\\d{1,5}',
  'cluster-id': '[A-Za-z0-9_-]{22}',
  dir: '\\S+',
  'broker-dir': '\\S+',
}
const VOLATILE: Readonly<Record<string, string>> = {
  timestamp: '\\d{13}',
  'log-time': '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,\\d{3}',
  port: '\\d{1,5}',
  hash: '[0-9a-f]{1,8}',
  rate: '.*',
  'random-5': '[A-Z]{5}',
  'random-uuid': '[A-Za-z0-9_-]{22}',
  'directory-id': '[A-Za-z0-9_-]{22}',
  date: '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d:\\d{3}',
}

/** A line that stands for any number of lines. */
const SPANNING = /^\{(?:usage|stack|repeated(?::2)?)\}$/

/** Puts the values seen so far where a command line or a file names them. */
export function expand(text: string, values: Values): string {
  return text.replace(PLACEHOLDER, (whole) => values.get(whole.slice(1, -1)) ?? whole).replaceAll('\\{', '{')
}

/**
 * Whether `actual` is what was recorded; what its placeholders stand for is added to `values`.
 * @param isOrdered false where Kafka does not say in which order the lines come.
 */
export function matches(lines: readonly GoldenLine[], actual: string, values: Values, isOrdered = true): boolean {
  return matchesInOrder(lines, actual, values) || (!isOrdered && matchesInAnyOrder(lines, actual, values))
}

function matchesInOrder(lines: readonly GoldenLine[], actual: string, values: Values): boolean {
  return lines.some((line) => SPANNING.test(line.text))
    ? matchesAsOne(lines, actual, values)
    : matchesLineByLine(lines, actual, values)
}

/** One expression a line: that of a long output would be too large to compile. */
function matchesLineByLine(lines: readonly GoldenLine[], actual: string, values: Values): boolean {
  const actualLines = actual === '' ? [] : actual.split(/(?<=\n)/)
  if (actualLines.length !== lines.length) return false
  const learned = new Map(values)
  if (!lines.every((line, i) => matchesAsOne([line], actualLines[i]!, learned))) return false
  for (const [name, value] of learned) values.set(name, value)
  return true
}

function matchesAsOne(lines: readonly GoldenLine[], actual: string, values: Values): boolean {
  const groups: string[] = []
  const parts: string[] = []
  for (const [i, line] of lines.entries()) {
    const before = parts.slice(0, i)
    parts.push(partOf(line, before, values, groups))
  }
  const match = new RegExp(`^${parts.join('')}$`).exec(canonical(actual))
  if (match === null) return false
  for (const [i, name] of groups.entries()) values.set(name, match.groups![`g${i}`]!)
  return true
}

function matchesInAnyOrder(lines: readonly GoldenLine[], actual: string, values: Values): boolean {
  const left = actual.split(/(?<=\n)/)
  // Lines without placeholders first: those with some could take their place.
  const ordered = [...lines].sort((a, b) => Number(a.text.includes('{')) - Number(b.text.includes('{')))
  for (const line of ordered) {
    const at = left.findIndex((candidate) => matchesInOrder([line], candidate, values))
    if (at < 0) return false
    left.splice(at, 1)
  }
  return left.length === 0
}

function partOf(line: GoldenLine, before: readonly string[], values: Values, groups: string[]): string {
  if (line.text === '{stack}') return '(?:\\t+at .*\\n|\\t+\\.\\.\\..*\\n|\\t*(?:Caused by|Suppressed): .*\\n)*'
  if (line.text === '{usage}') return '(?:.*\\n)*?'
  if (line.text === '{description}') return '.*\\n'
  if (line.text === '{repeated}') return `(?:${again(before.slice(-1))})*`
  if (line.text === '{repeated:2}') return `(?:${again(before.slice(-2))})*`
  return lineRegex(canonical(line.text), values, groups) + (line.isEnded ? '\\n' : '')
}

/** The same lines once more: what their placeholders stand for is known then. */
function again(lines: readonly string[]): string {
  return lines.join('').replace(/\(\?<(g\d+)>(?:[^()]|\([^()]*\))*\)/g, '\\k<$1>')
}

function lineRegex(text: string, values: Values, groups: string[]): string {
  let regex = ''
  let from = 0
  for (const match of text.matchAll(PLACEHOLDER)) {
    regex += escaped(text.slice(from, match.index))
    from = match.index + match[0].length
    const name = match[0].slice(1, -1)
    const kind = match[1]!
    if (values.has(name)) regex += escaped(values.get(name)!)
    else if (!(kind in LOOKS)) regex += VOLATILE[kind] ?? '[\\d.,]+'
    else if (groups.includes(name)) regex += `\\k<g${groups.indexOf(name)}>`
    else regex += `(?<g${groups.push(name) - 1}>${LOOKS[kind]})`
    // What is padded and not always of the same length.
    const isPadded = kind === 'random-group' ? text[from] === ' ' : !(kind in LOOKS) && text.startsWith('  ', from)
    if (isPadded) {
      regex += ' *'
      while (text[from] === ' ') from++
    }
  }
  return regex + escaped(text.slice(from))
}

function escaped(text: string): string {
  return text.replaceAll('\\{', '{').replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** Lists that Kafka prints in the order of a set, which changes from run to run. */
const SETS = [
  /(?<=Valid (?:states|types) are: ).*/g,
  /(?<=requires one of the following scenarios: \[).*(?=\])/g,
  /(?<=takes (?:one of these|at most one of these|the following) options: ).*/g,
]

function canonical(text: string): string {
  return SETS.reduce((result, set) => result.replace(set, (list) => list.split(', ').sort().join(', ')), text)
}
