import { orStopped } from '../../base/or-stopped.js'
import type { ConsumedRecord, FetchedChunk } from '../../client/consumer/fetched-chunk.js'
import type { RecordSource } from '../../client/consumer/record-source.js'
import { failureText } from '../failure-text.js'
import { isKafkaFailure, javaText } from '../java-error.js'
import { Progress } from '../progress.js'
import { note, type ToolIo } from '../tool.js'
import type { Formatter } from './formatter.js'

export interface PrintRules {
  readonly formatter: Formatter
  /** Infinity for no limit. */
  readonly recordsMax: number
  readonly timeoutMs: number
  readonly skipsErrors: boolean
}

/** So much is written before it is seen whether anybody reads it. */
const WRITE_BYTES = 64 * 1024

/** A record cannot be shown. */
export class FormatFailure extends Error {
  override name = 'FormatFailure'
}

/** Prints records until there is a reason to stop. */
export class RecordPrinter {
  readonly #source: RecordSource
  readonly #rules: PrintRules
  readonly #io: ToolIo
  readonly #progress: Progress
  /** Records taken, also those that could not be shown. */
  count = 0
  #unwrittenBytes = 0
  #writtenCount = 0

  constructor(source: RecordSource, rules: PrintRules, io: ToolIo) {
    this.#source = source
    this.#rules = rules
    this.#io = io
    const { recordsMax } = rules
    this.#progress = new Progress(io, 'reading', Number.isFinite(recordsMax) ? recordsMax : 0)
  }

  /**
   * Returns when the limit is reached, nothing comes any more, nobody reads, or `io.stop` fires.
   * @throws FormatFailure when a record cannot be shown.
   */
  async run(): Promise<void> {
    try {
      while (this.count < this.#rules.recordsMax && !this.#io.stop.aborted) {
        const chunk = await this.#next()
        if (chunk === null || !(await this.#print(chunk))) return
      }
    } finally {
      this.#progress.end()
    }
  }

  async #next(): Promise<FetchedChunk | null> {
    const { stop } = this.#io
    try {
      const chunk = await this.#source.poll(this.#rules.timeoutMs, stop)
      if (chunk === null && !stop.aborted) {
        this.#noteEnd(`org.apache.kafka.common.errors.TimeoutException: nothing came for ${this.#rules.timeoutMs} ms`)
      }
      return chunk
    } catch (error) {
      if (!isKafkaFailure(error)) throw error
      this.#noteEnd(javaText(error))
      return null
    }
  }

  #noteEnd(reason: string): void {
    this.#progress.end()
    note(this.#io, `Error processing message, terminating consumer process: ${reason}`)
  }

  /** False when printing is over. */
  async #print(chunk: FetchedChunk): Promise<boolean> {
    try {
      for (const record of chunk.records()) {
        this.#show(record)
        if (this.count >= this.#rules.recordsMax || this.#io.stop.aborted) break
        if (this.#unwrittenBytes >= WRITE_BYTES && !(await this.#flush())) return false
      }
    } catch (error) {
      if (!isKafkaFailure(error)) throw error
      await this.#flush()
      this.#noteEnd(javaText(error))
      return false
    }
    return await this.#flush()
  }

  #show(record: ConsumedRecord): void {
    this.count++
    try {
      this.#rules.formatter.format(record, (bytes) => {
        this.#unwrittenBytes += bytes.length
        this.#io.stdout.write(bytes)
      })
    } catch (error) {
      if (!isKafkaFailure(error)) throw error
      if (!this.#rules.skipsErrors) throw new FormatFailure(failureText(error))
      this.#progress.end()
      note(this.#io, `Error processing message, skipping this message: ${failureText(error)}`)
    }
  }

  /** False when nobody reads any more. The first record that nobody read counts, as it does in Kafka's tool. */
  async #flush(): Promise<boolean> {
    const { stdout, stderr, stop } = this.#io
    await orStopped(stdout.flushed(), stop)
    this.#unwrittenBytes = 0
    this.#progress.at(this.count)
    if (!stdout.isGone) {
      this.#writtenCount = this.count
      return true
    }
    this.count = Math.min(this.count, this.#writtenCount + 1)
    stderr.line('Unable to write to standard out, closing consumer.')
    return false
  }
}
