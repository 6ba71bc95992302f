import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { java } from './java.js'

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024

export interface Row {
  readonly partition: number
  readonly key: string
  readonly value: string
}

/** What a group left behind, as Apache's consumer sees it. */
export interface Outcome {
  /** The output's records, and all that were ever written there. */
  readonly committed: readonly Row[]
  readonly written: readonly Row[]
  /** How far each partition of the input is committed, and where it ends. */
  readonly offsets: readonly { readonly partition: number; readonly committed: number; readonly end: number }[]
}

/** Waits until no transaction is open in the output. */
export async function outcomeOf(bootstrap: string, input: string, output: string, group: string): Promise<Outcome> {
  const { program, args } = java('CommittedReader', bootstrap, input, output, group)
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: OUTPUT_BYTES_MAX })
  const lines = stdout.split('\n').map((line) => line.split('\t'))
  const rows = (word: string): Row[] =>
    lines
      .filter(([first]) => first === word)
      .map(([, partition, key, value]) => ({ partition: Number(partition), key: key!, value: value! }))
  return {
    committed: rows('committed'),
    written: rows('written'),
    offsets: rows('offset').map(({ partition, key, value }) => ({
      partition,
      committed: Number(key),
      end: Number(value),
    })),
  }
}
