import { overview } from './help/overview.js'
import { ownTools } from './own-tools.js'
import { startTool, withoutContext } from './start-tool.js'
import { tools } from './tools.js'
import { KAFKA_VERSION, klogVersion } from './version.js'

/**
 * Runs `klog TOOL ARGS…` when the first argument is one of Kafka's tools, or of klog's that are like them;
 * false when it is not. Scripts call these in loops, so
 * nothing but the tool is loaded: their command lines follow Kafka's rules, for which oclif is not needed.
 */
export function runTool(args: readonly string[]): boolean {
  const words = withoutContext(args)
  if (words === null || showOverview(words)) return true
  const [name, ...rest] = words
  const all = { ...tools, ...ownTools }
  const load = name !== undefined && Object.hasOwn(all, name) ? all[name] : undefined
  if (load === undefined) return false
  startTool(load, rest)
  return true
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
