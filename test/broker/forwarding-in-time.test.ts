import { expect, test } from 'vitest'
import { Forwarding } from '../../src/broker/forwarding.js'
import type { MetadataLog } from '../../src/broker/metadata-log.js'
import { NotController } from '../../src/broker/not-controller.js'
import type { OtherBrokers } from '../../src/broker/other-brokers.js'
import { Writer } from '../../src/bytes/writer.js'
import { writeResponse } from '../../src/protocol/codec.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { writeResponseHeader } from '../../src/protocol/header.js'
import { CreateTopics } from '../../src/protocol/messages/create-topics.js'
import { ManualClock } from '../support/manual-clock.js'

const VERSION = 7
const REQUEST = {
  ...{ api: CreateTopics, version: VERSION, bytes: Buffer.alloc(0), timeoutMs: 8000 },
  ...{ principal: { type: 'User', name: 'ANONYMOUS' }, clientAddress: Buffer.from([127, 0, 0, 1]) },
}
const LONG_MS = 30_000

/** A node that knows a controller, and what it has asked which. */
class Node {
  readonly clock = new ManualClock()
  readonly asked: { readonly nodeId: number; answer(): void }[] = []
  readonly forwarding: Forwarding
  readonly #listeners = new Set<() => void>()
  isActive = false
  leaderId: number | null = 0

  constructor() {
    const controllers = {
      call: (nodeId: number) =>
        new Promise((resolve) => {
          this.asked.push({ nodeId, answer: () => resolve({ errorCode: ErrorCode.NONE, responseData: madeTopics() }) })
        }),
      close: () => {},
    }
    this.forwarding = new Forwarding({
      metadata: this as unknown as MetadataLog,
      controllers: controllers as unknown as OtherBrokers,
      clock: this.clock,
      timeoutMs: () => LONG_MS,
    })
  }

  onController(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  learns(leaderId: number | null): void {
    this.leaderId = leaderId
    for (const listener of this.#listeners) listener()
  }

  /** Moves time on by little until something holds. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise(setImmediate)
      this.clock.advance(10)
    }
  }
}

function madeTopics(): Buffer {
  const writer = new Writer()
  writeResponseHeader(writer, CreateTopics, VERSION, { correlationId: 0 })
  writeResponse(CreateTopics, VERSION, writer, { topics: [] })
  return Buffer.concat(writer.chunks())
}

/** The outcome once there is one. */
function outcomeOf<T>(work: Promise<T>): { value?: T } {
  const outcome: { value?: T } = {}
  void work.then((value) => Object.assign(outcome, { value }))
  return outcome
}

test('a controller that takes its time is asked once, and heard', async () => {
  const node = new Node()
  const outcome = outcomeOf(node.forwarding.answer(REQUEST, null))
  node.clock.advance(7000)
  node.asked[0]!.answer()
  await node.until(() => 'value' in outcome)
  expect(outcome.value).toMatchObject({ isOurs: false, value: { topics: [] } })
  expect(node.asked).toHaveLength(1)
  expect(node.clock.timers).toBe(0)
})

test('a request that no controller answers ends when the time is up that its client gives it', async () => {
  const node = new Node()
  const outcome = outcomeOf(node.forwarding.answer(REQUEST, null))
  await node.until(() => 'value' in outcome)
  expect(outcome.value).toBeNull()
  expect(node.clock.monotonicMs()).toBeGreaterThanOrEqual(REQUEST.timeoutMs)
  expect(node.clock.monotonicMs()).toBeLessThan(REQUEST.timeoutMs + 1000)
})

test.each([
  ['gives a very long time', LONG_MS * 2],
  ['does not say for how long', null],
])('so it does, but later, while there is no controller and the client %s', async (_, timeoutMs) => {
  const node = new Node()
  node.learns(null)
  const outcome = outcomeOf(node.forwarding.answer({ ...REQUEST, timeoutMs }, null))
  await node.until(() => 'value' in outcome)
  expect(outcome.value).toBeNull()
  expect(node.asked).toEqual([])
  expect(node.clock.monotonicMs()).toBeGreaterThanOrEqual(LONG_MS)
})

test('a controller that stands still is waited for no longer when there is another, which is asked', async () => {
  const node = new Node()
  const outcome = outcomeOf(node.forwarding.answer(REQUEST, null))
  node.learns(null)
  await node.until(() => node.clock.monotonicMs() > 1000)
  expect(node.asked.map(({ nodeId }) => nodeId)).toEqual([0])
  node.learns(2)
  await node.until(() => node.asked.length === 2)
  expect(node.asked[1]!.nodeId).toBe(2)
  node.asked[1]!.answer()
  await node.until(() => 'value' in outcome)
  expect(outcome.value).toMatchObject({ isOurs: false })
})

test('what this node was to answer as the controller goes to the next one where it leads no more', async () => {
  const node = new Node()
  node.isActive = true
  const outcome = outcomeOf(
    node.forwarding.answer(REQUEST, async () => {
      node.isActive = false
      throw new NotController()
    }),
  )
  await node.until(() => node.asked.length === 1)
  node.asked[0]!.answer()
  await node.until(() => 'value' in outcome)
  expect(outcome.value).toMatchObject({ isOurs: false })
})

test('what this node answers as the controller ends in time, too, where its records are never committed', async () => {
  const node = new Node()
  node.isActive = true
  const outcome = outcomeOf(node.forwarding.answer(REQUEST, () => new Promise(() => {})))
  await node.until(() => 'value' in outcome)
  expect(outcome.value).toBeNull()
  expect(node.clock.monotonicMs()).toBeLessThan(REQUEST.timeoutMs + 1000)
})
