import { splitContext } from './context/apply.js'
import { ownTools } from './own-tools.js'
import { runAsProcess } from './process-io.js'
import { tools } from './tools.js'

/**
 * Runs `klog TOOL ARGS…` when the first argument is one of Kafka's tools, or of klog's that are like them;
 * false when it is not. Scripts call these in loops, so
 * nothing but the tool is loaded: their command lines follow Kafka's rules, for which oclif is not needed.
 */
export function runTool(args: readonly string[]): boolean {
  const words = chosen(args)
  if (words === null) return true
  const [name, ...rest] = words
  const all = { ...tools, ...ownTools }
  const load = name !== undefined && Object.hasOwn(all, name) ? all[name] : undefined
  if (load === undefined) return false
  load()
    .then((tool) => runAsProcess(tool, rest))
    .catch((error: Error) => {
      process.stderr.write(`klog: ${error.message}\n`)
      process.exit(1)
    })
  return true
}

/** What is left without --context, which goes into the environment, for the tool or whoever else runs; null when it is refused. */
function chosen(args: readonly string[]): readonly string[] | null {
  try {
    const { args: words, name } = splitContext(args)
    if (name === null) return args
    process.env.KLOG_CONTEXT = name
    delete process.env.KLOG_BOOTSTRAP_SERVER
    return words
  } catch (error) {
    process.stderr.write(`klog: ${(error as Error).message}\n`)
    process.exitCode = 1
    return null
  }
}
