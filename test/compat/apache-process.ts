import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './daemon-process.js'
import { kafkaTool } from './places.js'

const run = promisify(execFile)

/** A broker that was killed may come back as soon as its controller holds it for dead: let that be soon. */
const QUICK_RETURN = { 'broker.session.timeout.ms': '1500', 'broker.heartbeat.interval.ms': '300' }

/** Apache Kafka's broker as a process of its own, as its launcher starts and kills it. */
export class ApacheProcess {
  readonly bootstrap: string

  private constructor(
    private readonly directory: string,
    private readonly port: number,
    private readonly settings: readonly string[],
  ) {
    this.bootstrap = `127.0.0.1:${port}`
  }

  static async start(directory: string, settings: Record<string, string> = {}): Promise<ApacheProcess> {
    const pairs = Object.entries({ ...QUICK_RETURN, ...settings }).map(([name, value]) => `${name}=${value}`)
    const broker = new ApacheProcess(join(directory, 'apache'), await freePorts(), pairs)
    await broker.serve()
    return broker
  }

  async crashAndRestart(): Promise<void> {
    await this.end('SIGKILL')
    await this.serve()
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await run(kafkaTool, [signal === 'SIGKILL' ? 'kill' : 'stop', this.directory])
  }

  private async serve(): Promise<void> {
    // The launcher reads there that the broker serves: not what its predecessor wrote.
    rmSync(join(this.directory, 'server.log'), { force: true })
    await run(kafkaTool, ['start', this.directory, String(this.port), ...this.settings])
  }
}

/** A free port whose neighbour, which the launcher gives to the controller, is free too. */
async function freePorts(): Promise<number> {
  for (;;) {
    const port = await freePort()
    if (await isFree(port + 1)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer()
    server.once('error', () => answer(false))
    server.listen(port, '127.0.0.1', () => server.close(() => answer(true)))
  })
}
