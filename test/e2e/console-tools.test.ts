import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBroker, type TestBroker } from '../../src/index.js'
import { KlogProcess } from '../support/klog-process.js'

let broker: TestBroker
beforeAll(async () => {
  broker = await startBroker()
})
afterAll(() => broker.close())

const producer = (topic: string, ...args: string[]): KlogProcess =>
  new KlogProcess(['console-producer', '--bootstrap-server', broker.bootstrapServers, '--topic', topic, ...args])
const consumer = (topic: string, ...args: string[]): KlogProcess =>
  new KlogProcess(['console-consumer', '--bootstrap-server', broker.bootstrapServers, '--topic', topic, ...args])

async function produce(topic: string, text: string, ...args: string[]): Promise<void> {
  const process = producer(topic, ...args)
  process.child.stdin!.end(text)
  expect(await process.end()).toEqual({ exit: 0, out: '', err: '' })
}

describe('the console tools as processes', () => {
  test('carry a pipe of many lines through a topic, whole and in order', async () => {
    const text = Array.from({ length: 200_000 }, (_, i) => `line ${i} of many, héllo €\n`).join('')
    await produce('many', text)
    const read = consumer('many', '--from-beginning', '--max-messages', '200000')
    expect(await read.end()).toEqual({ exit: 0, out: text, err: 'Processed a total of 200000 messages\n' })
  })

  test.each(['gzip', 'snappy', 'lz4', 'zstd'])('compress with %s and read it again', async (codec) => {
    const text = Array.from({ length: 5000 }, (_, i) => `compressible ${i % 10}\n`).join('')
    await produce(`packed-${codec}`, text, '--compression-codec', codec)
    const read = consumer(`packed-${codec}`, '--from-beginning', '--max-messages', '5000')
    expect(await read.end()).toMatchObject({ exit: 0, out: text })
  })

  test('send more than fits into memory, in little of it', { timeout: 90_000 }, async () => {
    const lines = Buffer.from(`${'x'.repeat(199)}\n`.repeat(5000))
    const process = producer('much')
    for (let i = 0; i < 350; i++) await process.write(lines)
    const peak = await process.peakBytes()
    process.child.stdin!.end()
    expect(await process.end()).toMatchObject({ exit: 0, err: '' })
    expect(peak ?? 0).toBeLessThan(250 * 2 ** 20)
    const read = consumer('much', '--partition', '0', '--offset', '1749999', '--max-messages', '1')
    expect(await read.end()).toMatchObject({ exit: 0, out: `${'x'.repeat(199)}\n` })
  })

  test('deliver on Ctrl-C what was read, and end with 130', async () => {
    const process = producer('interrupted')
    await process.write('one\ntwo\n')
    const reader = consumer('interrupted', '--from-beginning', '--max-messages', '2')
    await reader.printed(/two\n/)
    await process.write('three\n')
    process.child.kill('SIGINT')
    expect(await process.end()).toEqual({ exit: 130, out: '', err: '' })
    const read = consumer('interrupted', '--from-beginning', '--timeout-ms', '1500')
    expect((await read.end()).out).toMatch(/^one\ntwo\n(three\n)?$/)
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('commit on %s what was printed, say how much, and end with %i', async (signal, exit) => {
    const topic = `signalled-${signal}`
    await produce(topic, 'a\nb\n')
    const first = consumer(topic, '--group', topic, '--from-beginning')
    await first.printed(/b\n/)
    first.child.kill(signal)
    expect(await first.end()).toEqual({ exit, out: 'a\nb\n', err: 'Processed a total of 2 messages\n' })
    await produce(topic, 'c\n')
    const second = consumer(topic, '--group', topic, '--max-messages', '1')
    expect(await second.end()).toMatchObject({ exit: 0, out: 'c\n' })
  })

  test('end when the reader of the pipe has left, as `| head -1` does', async () => {
    await produce('headed', 'a\nb\n')
    const read = consumer('headed', '--from-beginning')
    await read.printed(/b\n/)
    read.stopReading()
    await produce('headed', 'c\n')
    await produce('headed', 'd\n')
    const { exit, err } = await read.end()
    expect(exit).toBe(0)
    expect(err).toMatch(/^Unable to write to standard out, closing consumer\.\nProcessed a total of [34] messages\n$/)
  })

  test('end with 1 and one line when an address is none', async () => {
    const process = new KlogProcess(['console-consumer', '--bootstrap-server', 'foo', '--topic', 't'])
    expect(await process.end()).toEqual({
      exit: 1,
      out: '',
      err: 'klog: Unknown error when running consumer: Failed to construct kafka consumer: Invalid url in bootstrap.servers: foo\n',
    })
  })
})
