import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const klogd = join(import.meta.dirname, '../../bin/klogd.js')

/** klog's broker as a process of its own, on a server.properties file: it can be killed as a power cut would. */
export class DaemonProcess {
  private constructor(
    readonly bootstrap: string,
    private readonly propertiesFile: string,
    private child: ChildProcess,
  ) {}

  static async start(directory: string, settings: Record<string, string> = {}): Promise<DaemonProcess> {
    const port = await freePort()
    const bootstrap = `127.0.0.1:${port}`
    const file = join(directory, 'server.properties')
    const properties = {
      'node.id': '0',
      'process.roles': 'broker,controller',
      listeners: `PLAINTEXT://${bootstrap}`,
      'log.dirs': join(directory, 'data'),
      'group.initial.rebalance.delay.ms': '0',
      ...settings,
    }
    writeFileSync(
      file,
      Object.entries(properties)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    )
    return new DaemonProcess(bootstrap, file, await serving(file))
  }

  /** kill -9, and a new process on the same directory. */
  async crashAndRestart(): Promise<void> {
    await this.end('SIGKILL')
    this.child = await serving(this.propertiesFile)
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const ended = once(this.child, 'exit')
    this.child.kill(signal)
    await ended
  }

  /** Resident memory in MB, where the system tells. */
  get pid(): number {
    return this.child.pid!
  }
}

async function serving(file: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [klogd, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface(child.stdout!)) if (line.includes('Kafka Server started')) break
  if (child.exitCode !== null) throw new Error(`the broker ended with ${child.exitCode}`)
  child.stdout!.resume()
  return child
}

/** A port that nobody listens on; the next who asks the system gets another. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((closed) => server.close(closed))
  return port
}
