import { expect, test } from 'vitest'
import { BufferPool } from '../../src/net/buffer-pool.js'
import { FrameAssembler, lengthHint } from '../../src/net/frame.js'

const MAX = 8 * 1024 * 1024

function framed(body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}

function body(sizeBytes: number, seed: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: sizeBytes }, (_, i) => (i * 31 + seed) & 0xff))
}

function assembler(max = MAX): FrameAssembler {
  return new FrameAssembler(new BufferPool(), max)
}

/** As a socket does it: at most so many bytes at a time, straight into the memory that the assembler offers. */
function feed(into: FrameAssembler, bytes: Buffer, readBytesMax: number, onRead: () => void): void {
  for (let at = 0; at < bytes.length; ) {
    const target = into.target()
    expect(target.length).toBeGreaterThan(0)
    const count = bytes.copy(target, 0, at, Math.min(bytes.length, at + Math.min(readBytesMax, target.length)))
    into.filled(count)
    at += count
    onRead()
  }
}

const SIZES = [1, 14, 100, 4092, 4093, 5000, 65_532, 65_533, 70_000, 1_048_576, 1_048_577, 3_000_000, 9, 60_000, 12]

for (const readBytesMax of [1000, 4096, 65_536, 10_000_000]) {
  test(`every frame comes out whole and in order when read ${readBytesMax} bytes at a time`, () => {
    const bodies = SIZES.map(body)
    const frames = assembler()
    const out: Buffer[] = []
    const held: { bytes: Buffer; release(): void }[] = []
    feed(frames, Buffer.concat(bodies.map(framed)), readBytesMax, () => {
      for (let frame = frames.next(); frame !== null; frame = frames.next()) {
        held.push(frame)
        if (held.length < 3) continue
        // A frame keeps its bytes until it is released, however much arrives meanwhile.
        const oldest = held.shift()!
        out.push(Buffer.from(oldest.bytes))
        oldest.release()
      }
    })
    for (const frame of held) out.push(Buffer.from(frame.bytes))
    expect(out.length).toBe(bodies.length)
    for (const [i, expected] of bodies.entries()) expect(out[i]!.equals(expected)).toBe(true)
  })
}

test('frames that arrive one byte at a time come out whole', () => {
  const frames = assembler()
  const out: string[] = []
  feed(frames, Buffer.concat(['ab', 'c', 'defgh'].map((t) => framed(Buffer.from(t)))), 1, () => {
    const frame = frames.next()
    if (frame !== null) out.push(frame.bytes.toString())
  })
  expect(out).toEqual(['ab', 'c', 'defgh'])
})

test('chunks that were read elsewhere give the same frames', () => {
  const bodies = SIZES.map(body)
  const stream = Buffer.concat(bodies.map(framed))
  const frames = assembler()
  const out: Buffer[] = []
  for (let at = 0; at < stream.length; at += 65_536) {
    frames.push(stream.subarray(at, at + 65_536))
    for (let frame = frames.next(); frame !== null; frame = frames.next()) out.push(Buffer.from(frame.bytes))
  }
  expect(out.map((b) => b.length)).toEqual(SIZES)
  for (const [i, expected] of bodies.entries()) expect(out[i]!.equals(expected)).toBe(true)
})

test('released memory is used again, memory that is still looked at is not', () => {
  const pool = new BufferPool()
  const first = pool.take(100_000)
  const shared = pool.take(100_000)
  shared.hold()
  shared.release()
  first.release()
  expect(pool.take(70_000).buffer).toBe(first.buffer)
  expect(pool.take(70_000).buffer).not.toBe(shared.buffer)
})

test('a pool keeps no more idle memory than it was told', () => {
  const pool = new BufferPool(100_000)
  const slabs = [1, 2, 3].map(() => pool.take(65_536))
  for (const slab of slabs) slab.release()
  expect(pool.take(65_536).buffer).toBe(slabs[0]!.buffer)
  expect(pool.take(65_536).buffer).not.toBe(slabs[1]!.buffer)
})

test('a pool that is full keeps what was in use last, not what lay there first', () => {
  const pool = new BufferPool(100_000)
  const once = pool.take(32_768)
  once.release()
  const often = [pool.take(65_536), pool.take(16_384)]
  for (const slab of often) slab.release()
  expect(pool.take(65_536).buffer).toBe(often[0]!.buffer)
  expect(pool.take(16_384).buffer).toBe(often[1]!.buffer)
  expect(pool.take(32_768).buffer).not.toBe(once.buffer)
})

test('releasing a frame twice lets go of it once', () => {
  const frames = assembler()
  const bytes = Buffer.concat([framed(Buffer.from('ab')), framed(Buffer.from('cd'))])
  feed(frames, bytes, 100, () => {})
  const first = frames.next()!
  const second = frames.next()!
  first.release()
  first.release()
  feed(frames, framed(Buffer.from('zz')), 100, () => {})
  expect(second.bytes.toString()).toBe('cd')
})

for (const length of [0, -1, -(2 ** 31), MAX + 1, 2 ** 31 - 1]) {
  test(`a length of ${length} is refused, and the frames before it still come out`, () => {
    const frames = assembler()
    const bad = Buffer.alloc(4)
    bad.writeInt32BE(length)
    feed(frames, Buffer.concat([framed(Buffer.from('ok')), bad, Buffer.alloc(100)]), 50, () => {})
    expect(frames.refusedLength).toBe(length)
    expect(frames.next()!.bytes.toString()).toBe('ok')
    expect(frames.next()).toBeNull()
  })
}

test('a length is not believed: memory grows with the bytes that come', () => {
  const frames = assembler(100 * 1024 * 1024)
  const length = Buffer.alloc(4)
  length.writeInt32BE(100 * 1024 * 1024)
  frames.push(length)
  expect(frames.target().length).toBeLessThanOrEqual(1024 * 1024)
  let sentBytes = 0
  for (let room = frames.target(); room.length < 50 * 1024 * 1024; room = frames.target()) {
    expect(room.length).toBeLessThanOrEqual(Math.max(1024 * 1024, 15 * sentBytes))
    frames.filled(room.length)
    sentBytes += room.length
  }
})

test('who has sent a large frame is believed its length the next time, but no greater one', () => {
  const frames = assembler(100 * 1024 * 1024)
  const large = framed(Buffer.alloc(5_000_000, 'x'))
  frames.push(large)
  expect(frames.next()!.bytes).toHaveLength(5_000_000)
  frames.push(large.subarray(0, 4))
  expect(frames.target()).toHaveLength(5_000_000)
  frames.push(large.subarray(4))
  expect(frames.next()!.bytes.equals(large.subarray(4))).toBe(true)
  const length = Buffer.alloc(4)
  length.writeInt32BE(90_000_000)
  frames.push(length)
  expect(frames.target().length).toBeLessThanOrEqual(8 * 1024 * 1024)
})

test('a length that spells HTTP or TLS says so', () => {
  expect(lengthHint(Buffer.from('GET ').readInt32BE())).toBe(' (this looks like HTTP)')
  expect(lengthHint(0x16030100)).toBe(' (this looks like TLS)')
  expect(lengthHint(-1)).toBe('')
})
