import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Command } from './clients.js'

/** A producer that is given its records line by line. */
export interface FedProducer {
  feed(line: string): void
  /** Resolves with what it exits with when all lines have been sent: 0 when all were acknowledged. */
  finish(): Promise<number | null>
  kill(): void
}

/** One that sends a line when it comes. */
export function steadyProducer(command: Command, complain: (text: string) => void): FedProducer {
  const child = spawned(command, complain)
  return {
    feed: (line) => void child.stdin!.write(line),
    finish: async () => {
      if (child.exitCode !== null) return child.exitCode
      child.stdin!.end()
      return exitOf(child)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

/** One that reads all that there is before it sends anything: it is started again and again, each time for what has gathered. */
export function repeatedProducer(command: Command, complain: (text: string) => void): FedProducer {
  let gathered: string[] = []
  let child: ChildProcess | null = null
  let sending: Promise<number | null> | null = null
  const send = async (): Promise<number | null> => {
    let failure: number | null = 0
    while (gathered.length > 0) {
      child = spawned(command, complain)
      child.stdin!.end(gathered.join(''))
      gathered = []
      failure = (await exitOf(child)) || failure
    }
    return failure
  }
  const results: Promise<number | null>[] = []
  return {
    feed: (line) => {
      gathered.push(line)
      if (sending !== null) return
      sending = send().finally(() => {
        sending = null
      })
      results.push(sending)
    },
    finish: async () => (await Promise.all(results)).find((code) => code !== 0) ?? 0,
    kill: () => void child?.kill('SIGKILL'),
  }
}

function spawned({ program, args }: Command, complain: (text: string) => void): ChildProcess {
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'] })
  child.stdin.on('error', () => {})
  child.stderr.on('data', (chunk: Buffer) => complain(`${chunk}`))
  return child
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null]
  return code
}
