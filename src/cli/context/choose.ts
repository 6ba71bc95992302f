import { UserError } from '../../base/user-error.js'
import { projectFile, readContextFile, userFile } from './context-files.js'

/** The cluster that commands are for when they do not say. */
export interface Context {
  /** Null for KLOG_BOOTSTRAP_SERVER, which has none. */
  readonly name: string | null
  /** Null: the local broker. */
  readonly bootstrapServers: string | null
  readonly properties: ReadonlyMap<string, string>
  readonly isReadOnly: boolean
  /** What chose it, in words. */
  readonly chosenBy: string
}

export interface ListedContext extends Context {
  /** The file that has it; null for the local broker, which is always there. */
  readonly file: string | null
}

/** The name that is always there. */
export const LOCAL = 'local'

type Env = Readonly<Record<string, string | undefined>>

/**
 * By KLOG_BOOTSTRAP_SERVER, KLOG_CONTEXT, the nearest `.klog.json` upwards, or the person's own file; null for none of them.
 * @throws UserError for a name that is not there, and for a file that cannot be read.
 */
export function chooseContext(env: Env, directory: string): Context | null {
  if (env.KLOG_BOOTSTRAP_SERVER) {
    const chosenBy = 'KLOG_BOOTSTRAP_SERVER'
    const bootstrapServers = env.KLOG_BOOTSTRAP_SERVER
    return { name: null, bootstrapServers, properties: new Map(), isReadOnly: false, chosenBy }
  }
  const chosen = chosenName(env, directory)
  if (chosen === null) return null
  const all = listContexts(env, directory)
  const context = all.find(({ name }) => name === chosen.name)
  if (context !== undefined) return { ...context, chosenBy: chosen.by }
  throw new UserError(
    `there is no context ${chosen.name} (chosen by ${chosen.by})`,
    `there are ${all.map(({ name }) => name).join(', ')}; klog context set NAME --bootstrap-server HOST:9092 makes one`,
  )
}

/** Those of the nearest `.klog.json` come before one's own of the same name. */
export function listContexts(env: Env, directory: string): ListedContext[] {
  const project = projectFile(directory)
  const files = [userFile(env), ...(project === null ? [] : [project])]
  const byName = new Map<string, ListedContext>([[LOCAL, listed(LOCAL, {}, null)]])
  for (const file of files) {
    for (const [name, cluster] of Object.entries(readContextFile(file).contexts ?? {})) {
      byName.set(name, listed(name, cluster, file))
    }
  }
  return [...byName.values()]
}

function chosenName(env: Env, directory: string): { name: string; by: string } | null {
  if (env.KLOG_CONTEXT) return { name: env.KLOG_CONTEXT, by: 'KLOG_CONTEXT or --context' }
  const project = projectFile(directory)
  for (const file of [...(project === null ? [] : [project]), userFile(env)]) {
    const { context } = readContextFile(file)
    if (context !== undefined) return { name: context, by: file }
  }
  return null
}

function listed(
  name: string,
  cluster: { bootstrapServers?: string; properties?: Readonly<Record<string, string>>; readOnly?: boolean },
  file: string | null,
): ListedContext {
  const { bootstrapServers = null, properties = {}, readOnly = false } = cluster
  const entries = new Map(Object.entries(properties))
  return { name, bootstrapServers, properties: entries, isReadOnly: readOnly, chosenBy: '', file }
}
