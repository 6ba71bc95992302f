import { describe, expect, test } from 'vitest'
import { crc32c } from '../../src/bytes/crc32c.js'
import { MalformedBytes } from '../../src/bytes/malformed.js'
import { readProducerSnapshot, writeProducerSnapshot } from '../../src/storage/producer-snapshot.js'
import { ProducerState } from '../../src/storage/producer-state.js'

const BYTES = Buffer.from(
  '0001aafbeddb0000000100000000000000090000000000040000000000000068000000040000018bcfe56800ffffffffffffffffffffffff',
  'hex',
)

function aProducer(): ProducerState {
  const state = new ProducerState(9n)
  state.enterEpoch(0)
  state.addBatch({ lastSequence: 4, lastOffset: 104, offsetDelta: 4, timestamp: 1_700_000_000_000 })
  return state
}

describe('a producer snapshot', () => {
  test('its bytes are those of Apache Kafka', () => {
    expect(writeProducerSnapshot([aProducer()]).toString('hex')).toBe(BYTES.toString('hex'))
  })

  test('what was written is read back, of the window only the last batch', () => {
    const state = aProducer()
    state.addBatch({ lastSequence: 6, lastOffset: 110, offsetDelta: 1, timestamp: 1_700_000_000_050 })
    state.coordinatorEpoch = 3
    state.transactionFirstOffset = 100
    const [read] = readProducerSnapshot(writeProducerSnapshot([state]))
    expect(read!.window).toEqual([{ lastSequence: 6, lastOffset: 110, offsetDelta: 1, timestamp: 1_700_000_000_050 }])
    expect([read!.producerId, read!.epoch, read!.coordinatorEpoch, read!.transactionFirstOffset]).toEqual([
      9n,
      0,
      3,
      100,
    ])
    expect(read!.lastTimestamp).toBe(1_700_000_000_050)
  })

  test('a producer id keeps all its bits', () => {
    const state = new ProducerState(2n ** 62n + 1n)
    expect(readProducerSnapshot(writeProducerSnapshot([state]))[0]!.producerId).toBe(2n ** 62n + 1n)
  })

  test('none at all is ten bytes', () => {
    expect(writeProducerSnapshot([]).length).toBe(10)
    expect(readProducerSnapshot(writeProducerSnapshot([]))).toEqual([])
  })

  test('a changed byte, a cut and an unknown version are noticed', () => {
    for (let at = 0; at < BYTES.length; at++) {
      const changed = Buffer.from(BYTES)
      changed[at] = changed[at]! ^ 1
      expect(() => readProducerSnapshot(changed), `byte ${at}`).toThrow(MalformedBytes)
      expect(() => readProducerSnapshot(BYTES.subarray(0, at)), `cut at ${at}`).toThrow(MalformedBytes)
    }
  })

  test('a count that there is no room for is refused before memory is spent on it, whatever the checksum says', () => {
    for (const count of [-1, 2, 2 ** 31 - 1]) {
      const lying = Buffer.from(BYTES)
      lying.writeInt32BE(count, 6)
      lying.writeUInt32BE(crc32c(lying, 6, lying.length), 2)
      expect(() => readProducerSnapshot(lying), `${count}`).toThrow(`a producer snapshot of ${count} entries`)
    }
  })
})
