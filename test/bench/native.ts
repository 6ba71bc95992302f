import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const sources = join(import.meta.dirname, 'native')
const RUN_MS_MAX = 180_000

/** What one run of a program in C measured. */
export interface Measured {
  readonly seconds: number
  readonly requests: number
  readonly bytes: number
  readonly p50Us?: number
  readonly p99Us?: number
  readonly p999Us?: number
  readonly maxUs?: number
}

/** The programs of `native/`, compiled. */
export class NativePrograms {
  private constructor(private readonly directory: string) {}

  /** Null where there is no C compiler. */
  static compiled(): NativePrograms | null {
    const directory = mkdtempSync(join(tmpdir(), 'klog-bench-'))
    for (const name of ['load', 'floor', 'rdkafka']) {
      const args = ['-O2', '-o', join(directory, name), join(sources, `${name}.c`), '-ldl']
      const { error, status, stderr } = spawnSync('cc', args, { encoding: 'utf8' })
      if (error !== undefined) return null
      if (status !== 0) throw new Error(`cc ${name}.c: ${stderr}`)
    }
    return new NativePrograms(directory)
  }

  path(name: 'load' | 'floor' | 'rdkafka'): string {
    return join(this.directory, name)
  }

  /** @throws what the program wrote to stderr, when it fails */
  async measured(name: 'load' | 'rdkafka', args: readonly (string | number)[]): Promise<Measured> {
    const { stdout } = await run(this.path(name), args.map(String), { timeout: RUN_MS_MAX })
    return JSON.parse(stdout) as Measured
  }

  /** Whether librdkafka.so.1 is on this machine (Debian's kcat brings it). */
  hasLibrdkafka(): boolean {
    return spawnSync(this.path('rdkafka'), []).status !== 3
  }
}
