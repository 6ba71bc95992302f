import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { UserError } from '../../base/user-error.js'

/** A cluster by a name of one's own. */
export interface NamedCluster {
  /** Left out: the local broker. */
  readonly bootstrapServers?: string
  /** Client settings by Kafka's names. */
  readonly properties?: Readonly<Record<string, string>>
  /** Commands that change something are refused. */
  readonly readOnly?: boolean
}

/** What such a file holds: clusters by name, and which of them is meant. */
export interface ContextFile {
  readonly context?: string
  readonly contexts?: Readonly<Record<string, NamedCluster>>
}

type Env = Readonly<Record<string, string | undefined>>

/** The person's own file: klog/config.json in XDG_CONFIG_HOME, .config or, on Windows, APPDATA. */
export function userFile(env: Env): string {
  const base = env.XDG_CONFIG_HOME || (process.platform === 'win32' && env.APPDATA) || join(homedir(), '.config')
  return join(base, 'klog', 'config.json')
}

/** The `.klog.json` of `directory`, or of the nearest directory above that has one. */
export function projectFile(directory: string): string | null {
  const path = join(directory, '.klog.json')
  if (existsSync(path)) return path
  const parent = dirname(directory)
  return parent === directory ? null : projectFile(parent)
}

/** Empty where there is none. @throws UserError when it is not what it should be. */
export function readContextFile(path: string): ContextFile {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return {}
    throw new UserError(`cannot read ${path}: ${(error as Error).message}`)
  }
  return checked(text, path)
}

/** @throws UserError */
export function writeContextFile(path: string, file: ContextFile): void {
  try {
    // Client properties may hold passwords.
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 })
  } catch (error) {
    throw new UserError(`cannot write ${path}: ${(error as Error).message}`)
  }
}

function checked(text: string, path: string): ContextFile {
  const refuse = (problem: string): never => {
    throw new UserError(`${path}: ${problem}`, EXAMPLE)
  }
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch (error) {
    return refuse(`this is not JSON: ${(error as Error).message}`)
  }
  if (!isObject(file)) return refuse('this is no JSON object')
  if (file.context !== undefined && typeof file.context !== 'string') refuse('"context" is no name')
  const contexts = file.contexts ?? {}
  if (!isObject(contexts)) return refuse('"contexts" is no object')
  for (const [name, cluster] of Object.entries(contexts)) {
    const problem = problemOf(cluster)
    if (problem !== null) refuse(`context "${name}": ${problem}`)
  }
  return file as ContextFile
}

const EXAMPLE =
  'e.g. {"context": "test", "contexts": {"test": {"bootstrapServers": "kafka.example.com:9092", "readOnly": true}}}'

function problemOf(cluster: unknown): string | null {
  if (!isObject(cluster)) return 'is no object'
  const { bootstrapServers, properties = {}, readOnly, ...others } = cluster
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) return `"${unknown}" is nothing that a context has`
  if (bootstrapServers !== undefined && typeof bootstrapServers !== 'string') return '"bootstrapServers" is no text'
  if (readOnly !== undefined && typeof readOnly !== 'boolean') return '"readOnly" is neither true nor false'
  if (!isObject(properties) || Object.values(properties).some((value) => typeof value !== 'string')) {
    return '"properties" are not texts by name'
  }
  return null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
