import { describe, expect, test } from 'vitest'
import { FormatFailure, type PrintRules, RecordPrinter } from '../../../src/cli/console-consumer/print-records.js'
import { JavaError } from '../../../src/cli/java-error.js'
import { FetchedChunk } from '../../../src/client/consumer/fetched-chunk.js'
import type { RecordSource } from '../../../src/client/consumer/record-source.js'
import { ClientError } from '../../../src/client/kafka-error.js'
import { buildBatch } from '../../../src/records/builder.js'
import { MemoryIo, type MemoryIoSettings } from '../../support/memory-io.js'

/** Hands out chunks of records, then nothing, or a failure. */
function sourceOf(chunks: string[][], end: Error | null = null): RecordSource & { chunks: FetchedChunk[] } {
  let offset = 0
  const made = chunks.map((values) => {
    const records = values.map((value) => ({ timestamp: 1, key: null, value: Buffer.from(value) }))
    const bytes = buildBatch({ baseOffset: offset, records })
    const chunk = new FetchedChunk({
      topic: 't',
      partition: 0,
      bytes,
      fromOffset: offset,
      aborted: null,
      checksCrcs: true,
    })
    offset += values.length
    return chunk
  })
  const waiting = [...made]
  return {
    chunks: made,
    poll: async () => {
      const next = waiting.shift() ?? null
      if (next === null && end !== null) throw end
      return next
    },
    close: async () => {},
  }
}

async function print(
  source: RecordSource,
  rules: Partial<PrintRules> = {},
  settings: MemoryIoSettings & { leavesAfter?: number } = {},
): Promise<{ count: number; out: string; err: string; failure: unknown }> {
  const io = new MemoryIo(settings)
  if (settings.leavesAfter !== undefined) io.stdout.leaveAfterLines(settings.leavesAfter)
  const formatter: PrintRules['formatter'] = {
    format: ({ value }, write) => {
      if (value?.toString() === 'bad') throw new JavaError('java.lang.RuntimeException', 'no such value')
      write(Buffer.from(`${value}\n`))
    },
  }
  const printer = new RecordPrinter(
    source,
    { formatter, recordsMax: Number.POSITIVE_INFINITY, timeoutMs: 3000, skipsErrors: false, ...rules },
    io,
  )
  const failure = await printer.run().then(
    () => null,
    (error) => error,
  )
  return { count: printer.count, out: io.stdout.text, err: io.stderr.text, failure }
}

describe('printing records', () => {
  test('goes on until nothing comes for the time that was given, which is no failure', async () => {
    const run = await print(sourceOf([['a', 'b'], ['c']]))
    expect(run).toMatchObject({ count: 3, out: 'a\nb\nc\n', failure: null })
    expect(run.err).toMatch(/^klog: Error processing message, terminating consumer process: .*TimeoutException/)
  })

  test('stops at the limit, and what was not printed counts as not read', async () => {
    const source = sourceOf([['a', 'b', 'c']])
    expect(await print(source, { recordsMax: 2 })).toEqual({ count: 2, out: 'a\nb\n', err: '', failure: null })
    expect(source.chunks[0]!.position).toBe(2)
  })

  test.each([0, -5])('takes nothing with a limit of %i', async (recordsMax) => {
    expect(await print(sourceOf([['a']]), { recordsMax })).toMatchObject({ count: 0, out: '', err: '' })
  })

  test('ends when the source fails, which is no failure of the tool', async () => {
    const run = await print(sourceOf([['a']], new ClientError('the log is damaged')))
    expect(run).toMatchObject({ count: 1, out: 'a\n', failure: null })
    expect(run.err).toContain('org.apache.kafka.common.KafkaException: the log is damaged')
  })

  test('fails on a record that cannot be shown, which counts', async () => {
    const run = await print(sourceOf([['a', 'bad', 'c']]))
    expect(run).toMatchObject({ count: 2, out: 'a\n' })
    expect(run.failure).toBeInstanceOf(FormatFailure)
  })

  test('passes over such a record where that is wanted', async () => {
    const run = await print(sourceOf([['a', 'bad', 'c']]), { skipsErrors: true, recordsMax: 3 })
    expect(run).toEqual({
      count: 3,
      out: 'a\nc\n',
      err: 'klog: Error processing message, skipping this message: no such value\n',
      failure: null,
    })
  })

  test('ends when nobody reads any more: the first record that nobody read is the last that counts', async () => {
    const run = await print(sourceOf([['a'], ['b', 'c']]), {}, { leavesAfter: 1 })
    expect(run).toEqual({
      count: 1,
      out: 'a\n',
      err: 'Unable to write to standard out, closing consumer.\n',
      failure: null,
    })
  })

  test('ends when it is told to stop, without a word', async () => {
    const stop = new AbortController()
    const source = sourceOf([['a']])
    const poll = source.poll
    source.poll = async (...args) => {
      const chunk = await poll(...args)
      if (chunk === null) stop.abort('SIGINT')
      return chunk
    }
    expect(await print(source, {}, { stop: stop.signal })).toEqual({ count: 1, out: 'a\n', err: '', failure: null })
  })
})
