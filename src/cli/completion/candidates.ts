import { listGroups } from '../../client/groups.js'
import { listTopics } from '../../client/topics.js'
import { withAdmin } from '../admin.js'
import { ownTools } from '../own-tools.js'
import type { Tool, ToolIo } from '../tool.js'
import { tools } from '../tools.js'

/** A word that may come next, and what it is for. */
export interface Candidate {
  readonly word: string
  readonly about: string
}

/** What oclif knows of klog's other commands: options by command, whose words are divided by colons. */
export type OtherCommands = ReadonlyMap<string, { readonly about: string; readonly options: readonly Candidate[] }>

/** A shell does not wait longer. */
const TIMEOUT_MS = 1500
const ALL = { states: [], types: [], protocolTypes: [] }
const VALUES: Readonly<Record<string, readonly string[]>> = {
  output: ['json', 'yaml', 'table'],
  input: ['json'],
  'compression-codec': ['none', 'gzip', 'snappy', 'lz4', 'zstd'],
  'isolation-level': ['read_committed', 'read_uncommitted'],
  'entity-type': ['topics', 'brokers', 'groups', 'users', 'clients', 'ips', 'client-metrics', 'broker-loggers'],
}

/** What may come in place of the last of `words`, which follow `klog`; names come from the broker, if it runs. */
export async function candidates(words: readonly string[], others: OtherCommands, io: ToolIo): Promise<Candidate[]> {
  const current = words.at(-1) ?? ''
  const found = await possible(words.slice(0, -1), current, others, io)
  return found.filter(({ word }) => word.startsWith(current))
}

async function possible(
  before: readonly string[],
  current: string,
  others: OtherCommands,
  io: ToolIo,
): Promise<Candidate[]> {
  const all = { ...tools, ...ownTools }
  const [name, ...rest] = before
  if (name === undefined) return commandWords(Object.keys(all), others)
  const load = Object.hasOwn(all, name) ? all[name] : undefined
  if (load === undefined) return otherWords(before, current, others)
  const tool = await load()
  const value = await valuesOf(tool, rest, io)
  if (value !== null) return value
  return tool.options.map((option) => ({ word: `--${option.name}`, about: option.about }))
}

function commandWords(names: readonly string[], others: OtherCommands): Candidate[] {
  const words = new Map(names.map((name) => [name, '']))
  for (const [id, { about }] of others) {
    const [first, ...more] = id.split(':')
    if (more.length === 0 || !words.has(first!)) words.set(first!, more.length === 0 ? about : '')
  }
  return [...words].map(([word, about]) => ({ word, about }))
}

function otherWords(before: readonly string[], current: string, others: OtherCommands): Candidate[] {
  const typed = before.filter((word) => !word.startsWith('-')).join(':')
  const command = others.get(typed)
  if (current.startsWith('-')) return [...(command?.options ?? [])]
  const next = [...others].filter(([id]) => id.startsWith(`${typed}:`))
  return next.map(([id, { about }]) => ({ word: id.slice(typed.length + 1).split(':')[0]!, about }))
}

/** Null where an option may come; empty where something may that we cannot know, such as a file. */
async function valuesOf(tool: Tool, before: readonly string[], io: ToolIo): Promise<Candidate[] | null> {
  const last = before.at(-1) ?? ''
  const option = last.startsWith('--') ? tool.options.find(({ name }) => `--${name}` === last) : undefined
  if (option?.argument !== undefined) {
    if (option.name === 'topic') return await topicNames(before, io)
    if (option.name === 'group') return await groupIds(before, io)
    return (VALUES[option.name] ?? []).map((word) => ({ word, about: '' }))
  }
  if (tool.name === 'cat' && before.length === 0) return await topicNames(before, io)
  if (tool.name !== 'wait') return null
  if (before.length === 0) return ['topic', 'group', 'lag'].map((word) => ({ word, about: '' }))
  return before.length > 1 ? null : last === 'topic' ? await topicNames(before, io) : await groupIds(before, io)
}

function topicNames(before: readonly string[], io: ToolIo): Promise<Candidate[]> {
  return fromBroker(before, io, async (client) => (await listTopics(client)).map(({ name }) => name))
}

function groupIds(before: readonly string[], io: ToolIo): Promise<Candidate[]> {
  return fromBroker(before, io, async (client) => (await listGroups(client, ALL)).map(({ id }) => id))
}

/** Nothing where no broker answers in time: a shell has no place for errors. */
async function fromBroker(
  before: readonly string[],
  io: ToolIo,
  ask: Parameters<typeof withAdmin<string[]>>[2],
): Promise<Candidate[]> {
  const at = before.indexOf('--bootstrap-server')
  const bootstrap = at < 0 ? undefined : before[at + 1]
  const silent: ToolIo = {
    ...ioParts(io),
    stderr: { ...io.stderr, isTerminal: false, line: () => true, write: () => true },
  }
  const late = new Promise<string[]>((resolve) => io.clock.after(TIMEOUT_MS, () => resolve([])))
  const answer = withAdmin({ bootstrap, configFile: undefined, timeoutMs: TIMEOUT_MS }, silent, ask).catch(() => [])
  return (await Promise.race([answer, late])).sort().map((word) => ({ word, about: '' }))
}

function ioParts(io: ToolIo): ToolIo {
  const { stdin, stdout, stderr, env, directory, clock, random, stop, context = null } = io
  return {
    stdin,
    stdout,
    stderr,
    env,
    directory,
    clock,
    random,
    stop,
    context,
    bootstrap: (flag) => io.bootstrap(flag),
  }
}
