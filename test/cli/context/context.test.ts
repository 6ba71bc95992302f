import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { contextOf, splitContext, withContext } from '../../../src/cli/context/apply.js'
import { changesSomething, isListed } from '../../../src/cli/context/changes.js'
import { chooseContext, listContexts } from '../../../src/cli/context/choose.js'
import { readContextFile, userFile, writeContextFile } from '../../../src/cli/context/context-files.js'
import { ownTools } from '../../../src/cli/own-tools.js'
import { tools } from '../../../src/cli/tools.js'

let root: string
let inner: string
let env: Record<string, string>
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'klog-context-'))
  inner = join(root, 'project', 'src')
  mkdirSync(inner, { recursive: true })
  env = { XDG_CONFIG_HOME: join(root, 'config') }
  writeContextFile(userFile(env), {
    context: 'mine',
    contexts: { mine: { bootstrapServers: 'mine:9092' }, prod: { bootstrapServers: 'prod:9092', readOnly: true } },
  })
})
afterEach(() => rmSync(root, { recursive: true }))

const serversOf = (directory = inner): string | null | undefined => chooseContext(env, directory)?.bootstrapServers

describe('which cluster is meant', () => {
  test("is what one's own file says, where nothing else does", () => {
    expect(serversOf()).toBe('mine:9092')
  })

  test('is what the nearest .klog.json upwards says, which may have clusters of its own', () => {
    writeFileSync(
      join(root, 'project', '.klog.json'),
      '{"context":"ci","contexts":{"ci":{"bootstrapServers":"ci:9092"}}}',
    )
    expect(serversOf()).toBe('ci:9092')
    expect(serversOf(root)).toBe('mine:9092')
    writeFileSync(join(inner, '.klog.json'), '{"context":"prod"}')
    expect(serversOf()).toBe('prod:9092')
  })

  test('is KLOG_CONTEXT before that, and KLOG_BOOTSTRAP_SERVER before that', () => {
    writeFileSync(join(inner, '.klog.json'), '{"context":"mine"}')
    env.KLOG_CONTEXT = 'prod'
    expect(serversOf()).toBe('prod:9092')
    env.KLOG_BOOTSTRAP_SERVER = 'b:9092'
    expect(serversOf()).toBe('b:9092')
  })

  test('is none of them where the command line names brokers', () => {
    for (const args of [
      ['--bootstrap-server', 'x:1'],
      ['--bootstrap-server=x:1'],
      ['-b', 'x:1'],
      ['bootstrap.servers=x:1'],
    ]) {
      expect(contextOf('topics', ['--list', ...args], env, inner)).toBeNull()
    }
    expect(contextOf('topics', ['--list'], env, inner)?.name).toBe('mine')
  })

  test('is the local broker when that is chosen, and when nothing is', () => {
    env.KLOG_CONTEXT = 'local'
    expect(chooseContext(env, inner)).toMatchObject({ name: 'local', bootstrapServers: null })
    expect(chooseContext({ XDG_CONFIG_HOME: join(root, 'empty') }, inner)).toBeNull()
  })

  test('is refused when there is none of that name, with those that there are', () => {
    env.KLOG_CONTEXT = 'prud'
    expect(() => chooseContext(env, inner)).toThrow('there is no context prud (chosen by KLOG_CONTEXT or --context)')
  })
})

describe('a file of contexts', () => {
  test.each([
    ['{', /this is not JSON/],
    ['[]', /no JSON object/],
    ['{"context":1}', /"context" is no name/],
    ['{"contexts":{"a":{"server":"x"}}}', /context "a": "server" is nothing that a context has/],
    ['{"contexts":{"a":{"properties":{"x":1}}}}', /"properties" are not texts/],
    ['{"contexts":{"a":{"readOnly":"yes"}}}', /"readOnly" is neither/],
  ])('%s is refused, and it is said which and why', (text, reason) => {
    const path = join(inner, '.klog.json')
    writeFileSync(path, text)
    expect(() => readContextFile(path)).toThrow(reason)
    expect(() => readContextFile(path)).toThrow(path)
  })

  test('is for its owner only, as it may hold passwords', () => {
    expect(statSync(userFile(env)).mode & 0o077).toBe(0)
  })

  test("a project's cluster comes before one's own of the same name", () => {
    writeFileSync(join(inner, '.klog.json'), '{"contexts":{"mine":{"bootstrapServers":"theirs:9092"}}}')
    const listed = listContexts(env, inner).map(({ name, bootstrapServers }) => [name, bootstrapServers])
    expect(listed).toEqual([
      ['local', null],
      ['mine', 'theirs:9092'],
      ['prod', 'prod:9092'],
    ])
  })
})

describe('a read-only context', () => {
  beforeEach(() => {
    env.KLOG_CONTEXT = 'prod'
  })

  test('refuses what changes something, with the way to override', () => {
    const change = () => contextOf('topics', ['--create', '--topic', 'x'], env, inner)
    expect(change).toThrow('context prod is read-only, and this changes something')
    env.KLOG_ALLOW_CHANGES = '1'
    expect(change()?.name).toBe('prod')
  })

  test('lets through what only looks', () => {
    expect(contextOf('topics', ['--list'], env, inner)?.name).toBe('prod')
    expect(contextOf('console-producer', ['--help'], env, inner)?.name).toBe('prod')
  })

  test.each([
    ['topics', ['-delete', '--topic', 'x'], true],
    ['consumer-groups', ['--reset-offsets', '--group', 'g'], false],
    ['consumer-groups', ['--reset-offsets', '--group', 'g', '--execute'], true],
    ['console-consumer', ['--topic', 'x'], false],
    ['console-consumer', ['--topic', 'x', '--group=g'], true],
    ['cluster', ['unregister', '--id', '1'], true],
    ['cluster', ['cluster-id'], false],
    ['something-new', [], true],
  ])('%s %j changes something: %j', (tool, args, changes) => {
    expect(changesSomething(tool, args)).toBe(changes)
  })

  test('of every tool it is known what it changes', () => {
    expect(Object.keys({ ...tools, ...ownTools }).filter((name) => !isListed(name))).toEqual([])
  })
})

test('--context is taken out of the command line wherever it stands', () => {
  expect(splitContext(['--context', 'a', 'topics', '--list'])).toEqual({ args: ['topics', '--list'], name: 'a' })
  expect(splitContext(['topics', '--context=a', '--list'])).toEqual({ args: ['topics', '--list'], name: 'a' })
  expect(splitContext(['topics'])).toEqual({ args: ['topics'], name: null })
  expect(() => splitContext(['topics', '--context'])).toThrow('--context needs a name')
})

test('settings of the context are below those given, and left out when brokers are named', () => {
  const context = {
    properties: new Map([
      ['client.id', 'c'],
      ['x', '1'],
    ]),
  } as never
  expect([...withContext(new Map([['client.id', 'g']]), undefined, { context })]).toEqual([
    ['client.id', 'g'],
    ['x', '1'],
  ])
  expect([...withContext(new Map(), 'a:9092', { context })]).toEqual([])
})
