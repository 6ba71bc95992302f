import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const src = join(import.meta.dirname, '../src')

/** Who may import whom. This table is the architecture: think hard before you change a line of it. */
const SEES: Record<string, string> = {
  base: '',
  bytes: 'base',
  protocol: 'base bytes',
  records: 'base bytes',
  storage: 'base bytes records',
  net: 'base bytes protocol',
  security: 'base',
  coordination: 'protocol',
  group: 'base bytes protocol coordination', // no net, no storage: that is the point
  transaction: 'base bytes protocol coordination',
  cluster: 'base bytes protocol',
  quorum: 'base bytes protocol coordination',
  broker: 'base bytes protocol records storage net security coordination group transaction cluster quorum',
  client: 'base bytes protocol records net security',
  control: 'base net storage', // what the running broker is asked for beside Kafka's protocol: one verb, one file
  registry: 'base client',
  web: 'base client',
  local: 'base control', // several brokers on this machine as one cluster; how one is started is handed in
  commands: 'base bytes protocol records client storage control cli local',
  cli: 'base bytes protocol records client storage control commands local',
}

const LINES_MAX = 400

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const room = (path: string): string => (path.includes('/') ? path.split('/')[0]! : '')
const text = (file: string): string => readFileSync(join(src, file), 'utf8')
const inRooms = files.filter((file) => room(file) !== '')

describe('the architecture', () => {
  test('rooms import only what they may see', () => {
    const wrong = inRooms.flatMap((file) =>
      [...text(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)]
        .map(([, path]) => room(relative(src, join(src, dirname(file), path!))))
        .filter((to) => to !== room(file) && !(SEES[room(file)] ?? '').split(' ').includes(to))
        .map((to) => `${file} -> ${to}/`),
    )
    expect(wrong).toEqual([])
  })

  test('time and chance enter through base/ only', () => {
    const wrong = files
      .filter((file) => room(file) !== 'base')
      .filter((file) =>
        /\b(Date\.now|performance\.now|Math\.random|setTimeout|setInterval)\(|new Date\(\)/.test(text(file)),
      )
    expect(wrong).toEqual([])
  })

  test('files are opened in storage/disk.ts and by the command line, sockets in net/ alone', () => {
    const opens = (file: string, what: RegExp): boolean => what.test(text(file))
    const disk = inRooms.filter((file) => opens(file, /'node:fs(\/promises)?'/))
    expect(
      disk.filter((file) => file !== 'storage/disk.ts' && room(file) !== 'cli' && room(file) !== 'commands'),
    ).toEqual([])
    const sockets = inRooms.filter((file) => opens(file, /'node:(net|tls)'/) && room(file) !== 'net')
    expect(sockets.filter((file) => room(file) !== 'cli' && room(file) !== 'storage')).toEqual([])
  })

  test('no shell is ever asked to start anything, and signals go out where it is known to whom', () => {
    const starts = /import \{ ([^}]*) \} from 'node:child_process'/
    const started = files.flatMap((file) => starts.exec(text(file))?.[1]?.split(', ') ?? [])
    const programsAlone = ['spawn', 'execFileSync', 'type ChildProcess']
    expect(started.filter((what) => !programsAlone.includes(what))).toEqual([])
    expect(files.filter((file) => /\bshell:/.test(text(file)))).toEqual([])
    const signalling = files.filter((file) => text(file).includes('process.kill('))
    expect(signalling.sort()).toEqual(['cli/local/end.ts', 'cli/local/process.ts', 'storage/disk.ts'])
  })

  test(`no file is longer than ${LINES_MAX} lines`, () => {
    expect(files.filter((file) => text(file).split('\n').length > LINES_MAX)).toEqual([])
  })

  test('nothing in the project reaches outside its own tree', () => {
    expect(files.filter((file) => /\.\.\/shared|\/work\//.test(text(file)))).toEqual([])
  })
})
