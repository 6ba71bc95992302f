import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.js'
import type { ControllerClient } from '../../src/broker/controller-client.js'
import { type IsrOutcome, type IsrProposal, IsrProposals } from '../../src/broker/isr-proposals.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { ManualClock } from '../support/manual-clock.js'

type Topics = Parameters<ControllerClient['alterPartition']>[0]
type Answer = Awaited<ReturnType<ControllerClient['alterPartition']>>

function proposals() {
  const clock = new ManualClock()
  const asked: { topics: Topics; answer: (answer: Answer) => void; fail: (error: Error) => void }[] = []
  const controller = {
    alterPartition: (topics: Topics) =>
      new Promise<Answer>((answer, fail) => {
        asked.push({ topics, answer, fail })
      }),
  }
  return { clock, asked, it: new IsrProposals({ controller, clock, log: silentLog }) }
}

function proposal(partition: number, topicId = 'orders'): IsrProposal {
  const isr = [{ brokerId: 0, brokerEpoch: 10 }]
  return { topicId, partition, leaderEpoch: 1, partitionEpoch: 2, isr, leaderRecoveryState: 0 }
}

/** What the controller says to each partition of a request, all with the same code. */
function answerTo(topics: Topics, errorCode: ErrorCode): Answer {
  return {
    errorCode: ErrorCode.NONE,
    topics: topics.map(({ topicId, partitions }) => ({
      topicId: topicId!,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode, isr: [0], partitionEpoch: 3 })),
    })),
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('what is proposed in one tick goes in one request, what comes meanwhile in the next', async () => {
  const { asked, it } = proposals()
  const outcomes: IsrOutcome[] = []
  for (const each of [proposal(0), proposal(1), proposal(0, 'other')])
    it.submit(each, (outcome) => outcomes.push(outcome))
  await settled()
  it.submit(proposal(2), (outcome) => outcomes.push(outcome))
  await settled()
  expect(asked.length).toBe(1)
  expect(asked[0]!.topics.map(({ topicId, partitions }) => [topicId, partitions.length])).toEqual([
    ['orders', 2],
    ['other', 1],
  ])
  asked[0]!.answer(answerTo(asked[0]!.topics, ErrorCode.NONE))
  await settled()
  expect(outcomes).toEqual(Array(3).fill({ type: 'taken', isr: [0], partitionEpoch: 3, leaderRecoveryState: 0 }))
  expect(asked[1]!.topics[0]!.partitions.map(({ partitionIndex }) => partitionIndex)).toEqual([2])
})

test.each([
  ['INELIGIBLE_REPLICA', 'refused'],
  ['OPERATION_NOT_ATTEMPTED', 'refused'],
  ['FENCED_LEADER_EPOCH', 'outdated'],
  ['INVALID_UPDATE_VERSION', 'outdated'],
  ['NEW_LEADER_ELECTED', 'outdated'],
  ['UNKNOWN_TOPIC_ID', 'outdated'],
  ['INVALID_REQUEST', 'outdated'],
] as const)('%s: %s', async (name, type) => {
  const { asked, it } = proposals()
  const outcomes: IsrOutcome[] = []
  it.submit(proposal(0), (outcome) => outcomes.push(outcome))
  await settled()
  asked[0]!.answer(answerTo(asked[0]!.topics, ErrorCode[name]))
  await settled()
  expect(outcomes).toEqual([{ type }])
  expect(asked.length).toBe(1)
})

test('while no controller answers, or it is not the one, it is asked again', async () => {
  const { asked, it, clock } = proposals()
  const outcomes: IsrOutcome[] = []
  it.submit(proposal(0), (outcome) => outcomes.push(outcome))
  await settled()
  asked[0]!.fail(new Error('nobody there'))
  await settled()
  expect(asked.length).toBe(1)
  clock.advance(50)
  await settled()
  asked[1]!.answer({ errorCode: ErrorCode.NOT_CONTROLLER, topics: [] })
  await settled()
  clock.advance(50)
  await settled()
  asked[2]!.answer({ errorCode: ErrorCode.STALE_BROKER_EPOCH, topics: [] })
  await settled()
  clock.advance(50)
  await settled()
  expect(outcomes).toEqual([])
  asked[3]!.answer(answerTo(asked[3]!.topics, ErrorCode.NONE))
  await settled()
  expect(outcomes.length).toBe(1)
})

test('a newer proposal for a partition takes the place of one that waits to be asked again', async () => {
  const { asked, it, clock } = proposals()
  it.submit(proposal(0), () => {})
  await settled()
  it.submit({ ...proposal(0), partitionEpoch: 9 }, () => {})
  asked[0]!.fail(new Error('nobody there'))
  await settled()
  clock.advance(50)
  await settled()
  expect(asked[1]!.topics[0]!.partitions.map(({ partitionEpoch }) => partitionEpoch)).toEqual([9])
})

test('once closed nobody is asked any more', async () => {
  const { asked, it, clock } = proposals()
  it.submit(proposal(0), () => {})
  it.close()
  await settled()
  expect(asked).toEqual([])
  expect(clock.timers).toBe(0)
})
