/** What a script starts: this Node, and klog's program. Both are absolute paths. */
export interface Programs {
  readonly node: string
  readonly klog: string
}

export type Platform = 'posix' | 'windows'

/** Stands in every script: only what has it was written by klog, and may be replaced or taken away. */
export const MARK = 'written by klog shims'

/** Kafka's script names and what stands in them: one for every tool, and those that start and stop the server. */
export function scripts(
  toolNames: readonly string[],
  programs: Programs,
  platform: Platform,
): ReadonlyMap<string, string> {
  const endings = platform === 'posix' ? ['', '.sh'] : ['.cmd', '.bat']
  const [tool, start] = platform === 'posix' ? [shell, shellStart] : [batch, batchStart]
  const bodies: readonly (readonly [name: string, body: string])[] = [
    ...toolNames.map((name) => [`kafka-${name}`, tool(programs, [name])] as const),
    ['kafka-server-start', start(programs)],
    ['kafka-server-stop', tool(programs, ['broker', 'stop'])],
  ]
  return new Map(bodies.flatMap(([name, body]) => endings.map((ending) => [name + ending, body] as const)))
}

/** A Node that was replaced by another version since is looked for on the PATH. */
function shell(programs: Programs, words: readonly string[]): string {
  return `${shellHead(programs)}exec "$node" ${quoted(programs.klog)} ${words.join(' ')} "$@"\n`
}

function shellHead({ node }: Programs): string {
  return `#!/bin/sh\n# ${MARK}\nnode=${quoted(node)}\n[ -x "$node" ] || node=node\n`
}

/** Kafka's script takes -daemon, -name and -loggc before the file. */
function shellStart(programs: Programs): string {
  return `${shellHead(programs)}stay=--foreground
while :; do
  case "\${1-}" in
    -daemon) stay=; shift ;;
    -loggc) shift ;;
    -name) shift; shift ;;
    *) break ;;
  esac
done
if [ $# -eq 0 ]; then
  echo "USAGE: $0 [-daemon] server.properties [--override property=value]*"
  exit 1
fi
file=$1
shift
exec "$node" ${quoted(programs.klog)} broker start $stay --config "$file" "$@"
`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function batch({ node, klog }: Programs, words: readonly string[]): string {
  return `@echo off\r\nrem ${MARK}\r\n"${node}" "${klog}" ${words.join(' ')} %*\r\n`
}

/** Kafka's own for Windows takes the file first, and knows no -daemon. */
function batchStart(programs: Programs): string {
  return batch(programs, ['broker', 'start', '--foreground', '--config'])
}
