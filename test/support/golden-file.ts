import { readFileSync } from 'node:fs'

/** A transcript of Apache Kafka's own tools: `test/golden/README.md` explains the format. */
export interface GoldenFile {
  readonly scenario: string
  readonly nodes: number
  /** `name=value` for the broker. */
  readonly settings: readonly string[]
  readonly steps: readonly Step[]
}

export type Step =
  | RunStep
  | BackgroundStep
  | { readonly kind: 'feed'; readonly title: string; readonly client: string; readonly stdin: Buffer }
  | StopStep
  | { readonly kind: 'file'; readonly title: string; readonly name: string; readonly content: string }
  | { readonly kind: 'wait'; readonly title: string; readonly command: string; readonly matches: string }
  | { readonly kind: 'sleep'; readonly title: string }
  | { readonly kind: 'node'; readonly title: string; readonly how: NodeAct; readonly id: number }

/** What is done to one broker of several. */
export type NodeAct = 'stop' | 'kill' | 'start'

export interface Outcome {
  readonly exit: number
  readonly out: readonly GoldenLine[]
  readonly err: readonly GoldenLine[]
}

export interface RunStep extends Outcome {
  readonly kind: 'run'
  readonly title: string
  readonly command: string
  readonly stdin: Buffer
  /** Only there to make what the next steps look at. */
  readonly isSetup: boolean
  readonly isTerminal: boolean
  readonly note: string
}

export interface BackgroundStep {
  readonly kind: 'background'
  readonly title: string
  readonly client: string
  readonly command: string
  /** What it gets to read first. */
  readonly stdin: Buffer
}

export interface StopStep extends Outcome {
  readonly kind: 'stop'
  /** What it printed is not looked at. */
  readonly isSetup: boolean
  readonly title: string
  readonly client: string
  /** A signal's name, or EOF. */
  readonly how: string
}

/** A line of output as recorded, with its placeholders. */
export interface GoldenLine {
  readonly text: string
  /** The line feed at its end; only a last line may have none. */
  readonly isEnded: boolean
}

export function readGoldenFile(path: string): GoldenFile {
  const [header = '', ...blocks] = readFileSync(path, 'utf8').replace(/\n$/, '').split('\n\n')
  const field = (name: string): string[] =>
    header.split('\n').flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []))
  return {
    scenario: field('scenario')[0] ?? path,
    nodes: Number(field('nodes')[0] ?? 1),
    settings: field('broker'),
    steps: blocks.map((block) => readBlock(block.split('\n'))),
  }
}

function readBlock([head = '', ...lines]: string[]): Step {
  const of = (tag: string): string[] =>
    lines.flatMap((line) => (line.startsWith(`${tag}|`) ? [line.slice(tag.length + 2)] : []))
  const text = (tag: string): string => of(tag).map(unescapeLine).map(rendered).join('')
  const outcome = { exit: Number(of('exit')[0]), out: of('out').map(unescapeLine), err: of('err').map(unescapeLine) }
  const [first = '', ...words] = head.split(' ')
  const rest = words.join(' ')
  const title = head
  switch (first) {
    case '$':
      return {
        kind: 'run',
        title,
        command: rest,
        stdin: bytesOf(text('in')),
        isSetup: of('setup').length > 0,
        isTerminal: of('tty').length > 0,
        note: of('note').join(' '),
        ...outcome,
      }
    case '&': {
      const [client = '', command = ''] = split(rest, ': ')
      return { kind: 'background', title, client, command, stdin: bytesOf(text('in')) }
    }
    case '>':
      return { kind: 'feed', title, client: rest, stdin: bytesOf(text('in')) }
    case 'stop':
      return { kind: 'stop', isSetup: of('setup').length > 0, title, client: words[0]!, how: words[1]!, ...outcome }
    case 'file':
      return { kind: 'file', title, name: rest, content: text('put') }
    case '@': {
      if (rest.startsWith('sleep ')) return { kind: 'sleep', title }
      const [, how, id] = /^(stop|kill|start) broker (\d+)$/.exec(rest) ?? []
      if (how !== undefined) return { kind: 'node', title, how: how as NodeAct, id: Number(id) }
      const [command = '', matches = ''] = split(rest.replace(/^wait until /, ''), ' matches ')
      return { kind: 'wait', title, command, matches }
    }
    default:
      throw new Error(`no step begins so: ${head}`)
  }
}

/** At the first `separator`. */
function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return [text.slice(0, at), text.slice(at + separator.length)]
}

/** A byte that is no text travels as a lone surrogate, as in Python. */
const LONE_BYTE = 0xdc00

function bytesOf(text: string): Buffer {
  const pieces = text.split(/([\udc80-\udcff])/)
  return Buffer.concat(
    pieces.map((piece, i) => (i % 2 === 1 ? Buffer.of(piece.charCodeAt(0) - LONE_BYTE) : Buffer.from(piece))),
  )
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', r: '\r', s: ' ', '\\': '\\' }

/** Leaves `\{` alone: it is no placeholder, and only the matching may forget that. */
function unescapeLine(raw: string): GoldenLine {
  const isEnded = !/(?<!\\)(?:\\\\)*\\e$/.test(raw)
  const body = isEnded ? raw : raw.slice(0, -2)
  const text = body.replace(/\\(x[0-9a-f]{2}|ufffd|[trs\\])/g, (_, code: string) => {
    if (code === 'ufffd') return '\ufffd'
    if (code in ESCAPES) return ESCAPES[code]!
    const byte = Number.parseInt(code.slice(1), 16)
    return String.fromCharCode(byte < 0x80 ? byte : LONE_BYTE + byte)
  })
  return { text, isEnded }
}

function rendered({ text, isEnded }: GoldenLine): string {
  return text.replaceAll('\\{', '{') + (isEnded ? '\n' : '')
}
