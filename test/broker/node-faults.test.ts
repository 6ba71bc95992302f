import { expect, test } from 'vitest'
import { FaultyNodes, NO_FAULTS, NodeFaults } from '../../src/broker/node-faults.js'
import type { OtherBrokers } from '../../src/broker/other-brokers.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { ManualClock } from '../support/manual-clock.js'

/** A way on which every answer waits until it is let go. */
function way(areReplicas = true) {
  const clock = new ManualClock()
  const faults = new NodeFaults()
  const asked: number[] = []
  const answers: (() => void)[] = []
  const sound = {
    call: (to: number) => {
      asked.push(to)
      return new Promise((resolve) => answers.push(() => resolve(`of ${to}`)))
    },
    close: () => {},
  } as unknown as OtherBrokers
  const nodes = new FaultyNodes(sound, { faults, clock, areReplicas })
  const call = (to: number, api: typeof Fetch | typeof Metadata = Metadata) =>
    nodes.call(to, api, 12, {} as never) as Promise<unknown>
  return { clock, faults, asked, answers, nodes, call }
}

const turn = (): Promise<void> => new Promise(setImmediate)

test('who is cut off is not reached, and what was on its way to or from there does not arrive', async () => {
  const { faults, asked, answers, call } = way()
  const underway = call(1)
  await turn()
  faults.set({ ...NO_FAULTS, cutFrom: [1] })
  await expect(underway).rejects.toThrow('node 1 is cut off')
  await expect(call(1)).rejects.toThrow('node 1 is cut off')
  const other = call(2)
  await turn()
  answers.at(-1)!()
  expect([await other, asked]).toEqual(['of 2', [1, 2]])
})

test('a paused node neither asks nor hears, until it goes on', async () => {
  const { faults, asked, answers, call } = way()
  const heard: unknown[] = []
  void call(1).then((answer) => heard.push(answer))
  await turn()
  faults.set({ ...NO_FAULTS, isPaused: true })
  answers[0]!()
  void call(2)
  await turn()
  expect([heard, asked]).toEqual([[], [1]])
  faults.set(NO_FAULTS)
  await turn()
  expect([heard, asked]).toEqual([['of 1'], [1, 2]])
})

test('fetches of replicas alone are late, and at once again when the lag ends', async () => {
  const { clock, faults, asked, call } = way()
  faults.set({ ...NO_FAULTS, lagMs: 5000 })
  void call(1, Fetch)
  void call(2, Metadata)
  await turn()
  expect(asked).toEqual([2])
  clock.advance(5000)
  await turn()
  expect(asked).toEqual([2, 1])
  void call(3, Fetch)
  faults.set(NO_FAULTS)
  await turn()
  expect(asked).toEqual([2, 1, 3])
  const controllers = way(false)
  controllers.faults.set({ ...NO_FAULTS, lagMs: 5000 })
  void controllers.call(1, Fetch)
  await turn()
  expect(controllers.asked).toEqual([1])
})

test('a node that goes leaves nobody waiting', async () => {
  const { faults, nodes, call } = way()
  faults.set({ ...NO_FAULTS, isPaused: true })
  const waiting = call(1)
  nodes.close()
  await expect(waiting).rejects.toThrow('this node goes')
})
