import { spawn } from 'node:child_process'
import type { Tool } from '../../src/cli/tool.js'

/** One of Kafka's own tools, by a launcher that takes the tool's name and its arguments. */
export function foreignTool(launcher: string, program: string): Tool {
  const name = program.replace(/^kafka-/, '')
  return {
    name,
    summary: '',
    options: [],
    examples: [],
    endsOnSignal: true,
    run: (args, io) =>
      new Promise<number>((resolve) => {
        const child = spawn(launcher, [name, ...args], { cwd: io.directory })
        child.stdin.on('error', () => {})
        io.stdin.pipe(child.stdin)
        child.stdout.on('data', (chunk: Buffer) => io.stdout.write(chunk))
        child.stderr.on('data', (chunk: Buffer) => io.stderr.write(chunk))
        io.stop.addEventListener('abort', () => child.kill(io.stop.reason as NodeJS.Signals))
        child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)))
      }),
  }
}
