import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Produce } from '../../src/protocol/messages/produce.js'
import { ManualClock } from '../support/manual-clock.js'
import { ProduceBench, request } from './produce-bench.js'

let on: ProduceBench

beforeEach(async () => {
  on = await ProduceBench.start()
})
afterEach(() => on.close())

describe('idempotence', () => {
  const sequenced = (baseSequence: number, producerEpoch = 0): Buffer =>
    on.batch({ producerId: 7n, producerEpoch, baseSequence })

  beforeEach(() => void on.broker.createTopic('t'))

  test('a repeated batch is answered with its first offset, and is not appended again', async () => {
    for (let sequence = 0; sequence < 6; sequence++)
      expect((await on.produce('t', sequenced(sequence))).baseOffset).toBe(sequence)
    for (let sequence = 1; sequence < 6; sequence++)
      expect(await on.produce('t', sequenced(sequence))).toMatchObject({ errorCode: 0, baseOffset: sequence })
    expect(on.broker.partitions.find('t', 0)!.log.logEndOffset).toBe(6)
    // Older than the last five.
    expect(await on.produce('t', sequenced(0))).toMatchObject({ errorCode: 45, baseOffset: -1, logStartOffset: 0 })
  })

  test('a repeat that comes before the first is written is answered when it is written', async () => {
    const calls = [0, 0, 1, 0].map((sequence) => on.peer.call(Produce, 9, request('t', sequenced(sequence))))
    const answers = await Promise.all(calls)
    expect(answers.map(({ responses }) => responses[0]!.partitionResponses[0]!.baseOffset)).toEqual([0, 0, 1, 0])
  })

  test('a gap in the sequence is refused, an old epoch as well, a new epoch begins at 0', async () => {
    await on.produce('t', sequenced(0))
    expect((await on.produce('t', sequenced(9))).errorCode).toBe(45)
    expect((await on.produce('t', sequenced(5, 1))).errorCode).toBe(45)
    expect((await on.produce('t', sequenced(0, 1))).errorCode).toBe(0)
    expect((await on.produce('t', sequenced(1))).errorCode).toBe(47)
  })

  const errorOf = async (topic: string, sequence: number, by = on.peer): Promise<number> => {
    const { responses } = await by.call(Produce, 9, request(topic, sequenced(sequence)))
    return responses[0]!.partitionResponses[0]!.errorCode
  }

  test('a batch is not taken for the first where an earlier one was refused for the lack of a topic or a leader', async () => {
    expect(await errorOf('new', 0)).toBe(3)
    on.broker.createTopic('new')
    on.broker.createTopic('led', { replicas: [0, 1], leader: 1 })
    expect(await errorOf('led', 0)).toBe(6)
    on.broker.changePartition('led', 0, { leader: 0, isr: [0] })
    for (const topic of ['new', 'led'])
      for (const [sequence, error] of [
        [1, 45],
        [2, 45],
        [0, 0],
        [1, 0],
        [2, 0],
      ] as const)
        expect([topic, sequence, await errorOf(topic, sequence)]).toEqual([topic, sequence, error])
  })

  test('what was refused elsewhere, or for what it was, does not count', async () => {
    expect(await errorOf('new', 0)).toBe(3)
    on.broker.createTopic('new', { partitions: 2 })
    expect(await errorOf('new', 4, await on.broker.peer())).toBe(0)
    expect(await errorOf('t', 4)).toBe(0)
    on.broker.createTopic('small', { configs: { 'max.message.bytes': '10' } })
    expect(await errorOf('small', 0)).toBe(10)
    on.broker.apply({
      type: 'Config',
      resourceType: 2,
      resourceName: 'small',
      name: 'max.message.bytes',
      value: '1000',
    })
    expect(await errorOf('small', 1)).toBe(0)
  })

  test('what was refused before anybody would still wait for it does not count', async () => {
    await on.close()
    const clock = new ManualClock()
    on = await ProduceBench.start({ clock })
    expect(await errorOf('new', 0)).toBe(3)
    on.broker.createTopic('new')
    expect(await errorOf('new', 1)).toBe(45)
    clock.advance(300_000)
    expect(await errorOf('new', 1)).toBe(0)
  })
})
