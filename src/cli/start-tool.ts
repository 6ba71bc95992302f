import { splitContext } from './context/apply.js'
import { runAsProcess } from './process-io.js'
import type { Tool } from './tool.js'
import { KAFKA_VERSION } from './version.js'

/** `klog NAME ARGS…` where the name says which tool it is: each has a bundle with nothing but itself. */
export function startAlone(tool: Tool, args: readonly string[]): void {
  const words = withoutContext(args)
  if (words !== null) startTool(async () => tool, words.slice(1))
}

/** Runs a tool as this process. */
export function startTool(load: () => Promise<Tool>, args: readonly string[]): void {
  load()
    .then((tool) => (isVersion(tool, args) ? process.stdout.write(`${KAFKA_VERSION}\n`) : runAsProcess(tool, args)))
    .catch((error: Error) => {
      process.stderr.write(`klog: ${error.message}\n`)
      process.exit(1)
    })
}

/** What is left without --context, which goes into the environment, for the tool or whoever else runs; null when it is refused. */
export function withoutContext(args: readonly string[]): readonly string[] | null {
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

/** Some of Kafka's tools know no --version; asked for nothing else, they tell all the same. */
function isVersion(tool: Tool, args: readonly string[]): boolean {
  return args.length === 1 && args[0] === '--version' && !tool.options.some(({ name }) => name === 'version')
}
