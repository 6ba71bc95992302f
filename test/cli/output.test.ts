import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { StreamOutput } from '../../src/cli/output.js'

/** A stream that takes one chunk when it is told to. */
class SlowStream extends Writable {
  readonly taken: string[] = []
  #next: (() => void) | null = null

  constructor() {
    super({ highWaterMark: 10 })
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(chunk.toString())
    this.#next = done
  }

  take(): void {
    const next = this.#next
    this.#next = null
    next?.()
  }
}

test('what is written in one go goes out in one piece', async () => {
  const stream = new SlowStream()
  const output = new StreamOutput(stream)
  output.write('a')
  output.line('b')
  output.write(Buffer.from('c'))
  await Promise.resolve()
  expect(stream.taken).toEqual(['ab\nc'])
})

test('a reader that is slow makes the writer wait', async () => {
  const stream = new SlowStream()
  const output = new StreamOutput(stream)
  output.write('0123456789abc')
  let isDrained = false
  const drained = output.drained().then(() => {
    isDrained = true
  })
  await Promise.resolve()
  expect(isDrained).toBe(false)
  expect(output.write('more')).toBe(false)
  stream.take()
  await drained
  expect(isDrained).toBe(true)
})

test('a reader that has gone ends no writer', async () => {
  const stream = new SlowStream()
  const output = new StreamOutput(stream)
  output.write('0123456789abc')
  const drained = output.drained()
  stream.destroy(Object.assign(new Error('broken pipe'), { code: 'EPIPE' }))
  await drained
  expect(output.isGone).toBe(true)
  expect(output.write('x'.repeat(1000))).toBe(true)
  await output.flushed()
})

const WRITER = `
  import { StreamOutput } from ${JSON.stringify(new URL('../../src/cli/output.ts', import.meta.url).pathname)}
  const output = new StreamOutput(process.stdout)
  let lines = 0
  while (!output.isGone && lines < 1e7) { output.line('line ' + lines++); if (lines % 1000 === 0) await output.drained() }
  process.stderr.write(String(output.isGone))
  await output.flushed()
  process.exit(7)
`
const TSX = new URL('../../node_modules/tsx/dist/loader.mjs', import.meta.url).href
const NODE = ['--import', TSX, '--input-type=module', '-e', WRITER]

test('a process whose reader leaves goes on to its own end', async () => {
  const child = spawn(process.execPath, NODE, { stdio: ['ignore', 'pipe', 'pipe'] })
  await once(child.stdout, 'data')
  child.stdout.destroy()
  let told = ''
  child.stderr.on('data', (chunk) => {
    told += chunk
  })
  const [code] = await once(child, 'close')
  expect({ code, told }).toEqual({ code: 7, told: 'true' })
})

test('a process hands everything over before it exits', async () => {
  const program = WRITER.replace('1e7', '200000')
  const args = [...NODE.slice(0, -1), program]
  const out = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 1e8 }, (_error, stdout) => resolve(stdout))
  })
  expect(out.split('\n').at(-2)).toBe('line 199999')
})
