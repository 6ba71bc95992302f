import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { clients } from './clients.js'

const OUTPUT_BYTES_MAX = 16 * 1024 * 1024

interface Row {
  readonly partition: number
  readonly offset: number
  readonly key: string
  readonly value: string
}

/** A topic of numbers from 0 on, as a consumer finds it afterwards. */
export class ReadBack {
  private constructor(
    private readonly rows: readonly Row[],
    private readonly sent: readonly string[],
  ) {}

  /** @param count how many records lie there */
  static async of(bootstrap: string, topic: string, count: number, sent: readonly string[]): Promise<ReadBack> {
    const reader = clients.find(({ name }) => name === 'confluent-kafka')!
    const { program, args } = reader.consume(bootstrap, topic, count)
    const { stdout } = await promisify(execFile)(program, args, { maxBuffer: OUTPUT_BYTES_MAX })
    const rows = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\t'))
      .map(([partition, offset, key, value]) => ({
        partition: Number(partition),
        offset: Number(offset),
        key: key!,
        value: value!,
      }))
    return new ReadBack(
      rows.sort((a, b) => a.partition - b.partition || a.offset - b.offset),
      sent,
    )
  }

  has(value: string): boolean {
    return this.rows.some((row) => row.value === value)
  }

  lost(): number {
    const found = new Set(this.rows.map(({ value }) => value))
    return this.sent.filter((value) => !found.has(value)).length
  }

  twice(): number {
    return this.#numbers().length - new Set(this.#numbers().map(({ value }) => value)).size
  }

  /** How often a smaller number follows a greater one of the same key. */
  outOfOrder(): number {
    const last = new Map<string, number>()
    let count = 0
    for (const { key, value } of this.#numbers()) {
      if (Number(value) < (last.get(key) ?? -1)) count++
      last.set(key, Number(value))
    }
    return count
  }

  /** By partition, each of the numbers counted once. */
  counts(): number[] {
    return [0, 1, 2].map((partition) => {
      const own = this.#numbers().filter((row) => row.partition === partition)
      return new Set(own.map(({ value }) => value)).size
    })
  }

  #numbers(): Row[] {
    return this.rows.filter(({ value }) => /^\d+$/.test(value))
  }
}
