import { splitContext } from './context/apply.js'
import { overview } from './help/overview.js'
import { ownTools } from './own-tools.js'
import { runAsProcess } from './process-io.js'
import type { Tool } from './tool.js'
import { tools } from './tools.js'
import { KAFKA_VERSION, klogVersion } from './version.js'

/**
 * Runs `klog TOOL ARGS…` when the first argument is one of Kafka's tools, or of klog's that are like them;
 * false when it is not. Scripts call these in loops, so
 * nothing but the tool is loaded: their command lines follow Kafka's rules, for which oclif is not needed.
 */
export function runTool(args: readonly string[]): boolean {
  const words = chosen(args)
  if (words === null || showOverview(words)) return true
  const [name, ...rest] = words
  const all = { ...tools, ...ownTools }
  const load = name !== undefined && Object.hasOwn(all, name) ? all[name] : undefined
  if (load === undefined) return false
  load()
    .then((tool) => (isVersion(tool, rest) ? process.stdout.write(`${KAFKA_VERSION}\n`) : runAsProcess(tool, rest)))
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

/** `klog`, `klog --help` and `klog --version`. */
function showOverview(words: readonly string[]): boolean {
  const [first] = words
  const isHelp = first === undefined || (words.length === 1 && ['--help', '-h', 'help'].includes(first))
  if (isHelp) process.stdout.write(overview(Object.keys(tools)))
  else if (words.length === 1 && first === '--version') {
    process.stdout.write(`klog ${klogVersion()} (Kafka ${KAFKA_VERSION})\n`)
  } else return false
  return true
}

/** Some of Kafka's tools know no --version; asked for nothing else, they tell all the same. */
function isVersion(tool: Tool, args: readonly string[]): boolean {
  return args.length === 1 && args[0] === '--version' && !tool.options.some(({ name }) => name === 'version')
}
