import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa, type Options, type Result } from 'execa'

const klogProgram = join(import.meta.dirname, '../../bin/klog.js')

/** A `KLOG_HOME` of its own on a free port, and the command line run in it as a person would. */
export class KlogHome {
  private constructor(
    readonly directory: string,
    readonly port: number,
  ) {}

  static async make(settings: Record<string, string> = {}): Promise<KlogHome> {
    const directory = join(mkdtempSync(join(tmpdir(), 'klog-home-')), 'home')
    mkdirSync(directory)
    const port = await freePort()
    const all = { listeners: `PLAINTEXT://localhost:${port}`, ...settings }
    writeFileSync(
      join(directory, 'server.properties'),
      Object.entries(all)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    )
    return new KlogHome(directory, port)
  }

  get env(): Record<string, string> {
    return { KLOG_HOME: this.directory, KLOG_NO_SPAWN: '' }
  }

  /** Runs `klog ARGS…` to its end; the exit code is in the result, never thrown. */
  klog(args: readonly string[], options: Options & { input?: string } = {}): Promise<Result> {
    return execa(process.execPath, [klogProgram, ...args], {
      reject: false,
      env: this.env,
      ...options,
    }) as Promise<Result>
  }

  async dispose(): Promise<void> {
    await this.klog(['broker', 'kill'])
    rmSync(join(this.directory, '..'), { recursive: true, force: true })
  }
}

/** A port that nobody listens on; the next who asks the system gets another. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
