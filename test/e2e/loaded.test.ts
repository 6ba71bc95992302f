import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KlogHome } from '../support/klog-home.js'

// How long a start takes is measured by `npm run bench`; here is counted what makes it long, which is the same on every machine.

/** Written by `loaded-probe.cjs`. */
interface Loaded {
  /** JavaScript and native code of klog's and of packages. */
  readonly files: readonly string[]
  /** Of Node's own, those that an empty program does not load. */
  readonly nodes: readonly string[]
  /** Of JavaScript in files. */
  readonly bytes: number
}

interface Bound {
  readonly files: number
  readonly nodes: number
  readonly kilobytes: number
}

const LOOKING: Bound = { files: 3, nodes: 12, kilobytes: 300 }
const MOVING: Bound = { files: 3, nodes: 13, kilobytes: 310 }
const DAEMON: Bound = { files: 5, nodes: 11, kilobytes: 1050 }

const commands: readonly (readonly [string, Bound])[] = [
  ['topics --create --topic other', LOOKING],
  ['topics --list', LOOKING],
  ['topics --describe', LOOKING],
  ['topics --help', { ...LOOKING, nodes: 9 }],
  ['consumer-groups --list', LOOKING],
  ['consumer-groups --describe --group g', LOOKING],
  ['configs --describe --entity-type topics', LOOKING],
  ['get-offsets --topic t', LOOKING],
  ['log-dirs --describe', LOOKING],
  ['groups --list', LOOKING],
  ['cluster cluster-id', LOOKING],
  ['console-producer --topic t', MOVING],
  ['console-consumer --topic t --from-beginning --max-messages 1 --group g', MOVING],
]

let home: KlogHome
beforeAll(async () => {
  home = await KlogHome.make()
  await run(['topics', '--create', '--topic', 't'], 'first')
  await run(['console-producer', '--topic', 't'])
})
afterAll(() => home.dispose())

test.each(commands)('klog %s loads little', async (line, bound) => {
  await run(line.split(' '))
  expectWithin(loaded('command', 'klog.js'), bound)
})

test('the broker loads one bundle and the native code that it uses', async () => {
  await run(['broker', 'stop'])
  expectWithin(loaded('first', 'klogd.js'), DAEMON)
})

/** @param name what is loaded goes under it; the daemon keeps that of the command that started it */
async function run(args: readonly string[], name = 'command'): Promise<void> {
  const probe = join(import.meta.dirname, '../support/loaded-probe.cjs')
  const env = { ...home.env, NODE_OPTIONS: `--require ${probe}`, KLOG_LOADED: join(home.directory, name) }
  const { exitCode, stderr } = await home.klog(args, {
    env,
    ...(args[0] === 'console-producer' && { input: 'hello\n' }),
  })
  expect(exitCode, `${stderr}`).toBe(0)
}

function loaded(name: string, program: string): Loaded {
  return JSON.parse(readFileSync(join(home.directory, `${name}.${program}`), 'utf8')) as Loaded
}

function expectWithin({ files, nodes, bytes }: Loaded, bound: Bound): void {
  expect(files.length, files.join('\n')).toBeLessThanOrEqual(bound.files)
  expect(nodes.length, nodes.join(', ')).toBeLessThanOrEqual(bound.nodes)
  expect(bytes / 1000).toBeLessThanOrEqual(bound.kilobytes)
  // A count of nothing would be within every bound.
  expect(bytes / 1000).toBeGreaterThan(bound.kilobytes / 2)
}
