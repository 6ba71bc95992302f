import { spawn } from 'node:child_process'
import type { Tool } from '../../src/cli/tool.js'
import type { MemoryOutput } from './memory-io.js'

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const
const RUN_MS_MAX = 120_000

/**
 * One of Kafka's own tools, by a launcher that takes the tool's name and its arguments. Whoever does not end is killed.
 * @param env on top of this process's.
 */
export function foreignTool(launcher: string, program: string, env: Record<string, string> = {}): Tool {
  const name = program.replace(/^kafka-/, '')
  return {
    name,
    summary: '',
    options: [],
    examples: [],
    data: [],
    endsOnSignal: true,
    run: (args, io) =>
      new Promise<number>((resolve) => {
        const options = { cwd: io.directory, env: { ...process.env, ...env }, timeout: RUN_MS_MAX }
        const child = spawn(launcher, [name, ...args], options)
        child.stdin.on('error', () => {})
        io.stdin.pipe(child.stdin)
        child.stdout.on('data', (chunk: Buffer) => {
          io.stdout.write(chunk)
          // It would notice at its next record only.
          if ((io.stdout as MemoryOutput).isGone) child.kill()
        })
        child.stderr.on('data', (chunk: Buffer) => io.stderr.write(chunk))
        io.stop.addEventListener('abort', () => child.kill(io.stop.reason as NodeJS.Signals))
        child.on('close', (code, signal) => resolve(code ?? EXIT_CODES[signal as keyof typeof EXIT_CODES] ?? 137))
      }),
  }
}
