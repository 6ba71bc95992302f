import { expect, test } from 'vitest'
import { directoryMoveState } from '../../../src/cli/reassign-partitions/directory-moves.js'
import { placeReplicas } from '../../../src/cli/reassign-partitions/placement.js'
import { parsePlanToExecute, parseTopics, planText } from '../../../src/cli/reassign-partitions/plan-file.js'
import { movesOf, throttledReplicas } from '../../../src/cli/reassign-partitions/throttles.js'
import { listText } from '../../../src/cli/reassign-partitions/tool.js'
import { stateText } from '../../../src/cli/reassign-partitions/verify.js'
import { seededRandom } from '../../support/seeded-random.js'

const plan = (...partitions: object[]) => JSON.stringify({ version: 1, partitions })

test.each([
  [plan(), 'Partition reassignment list cannot be empty'],
  [plan({ topic: 'a', partition: 0, replicas: [] }), 'Partition replica list cannot be empty'],
  [
    plan({ topic: 'a', partition: 0, replicas: [1] }, { topic: 'a', partition: 0, replicas: [2] }),
    'Partition reassignment contains duplicate topic partitions: a-0',
  ],
  [plan({ topic: 'a', partition: 0, replicas: [1, 1] }), 'a-0 contains multiple entries for 1'],
  [
    plan({ topic: 'a', partition: 0, replicas: [1, 2], log_dirs: ['any'] }),
    'Size of replicas list [1, 2] is different from size of log dirs list [any] for partition a-0',
  ],
  ['{"version":2}', 'Not supported version field value 2'],
  ['x', "Unrecognized token 'x'"],
  ['{', 'The input string is not a valid JSON'],
])('the plan %s is refused', (text, message) => {
  expect(() => parsePlanToExecute(text)).toThrow(message)
})

test('a plan is read back as it is printed, with directories where they are named', () => {
  const text = plan({ topic: 'a', partition: 0, replicas: [1, 2], log_dirs: ['/d', 'any'] })
  const { partitions, homes } = parsePlanToExecute(text)
  expect(homes).toEqual([{ topic: 'a', partition: 0, broker: 1, directory: '/d' }])
  expect(planText(partitions, (_, broker) => (broker === 1 ? '/d' : null))).toBe(text)
})

test('the topics to move are a list of names', () => {
  expect(parseTopics('{"topics":[{"topic":"a"},{"topic":"b"}]}')).toEqual(['a', 'b'])
  expect(() => parseTopics('[')).toThrow('The input string is not a valid JSON')
})

test('every partition gets different brokers, and racks take turns', () => {
  const brokers = [0, 1, 2, 3].map((id) => ({ id, rack: id < 2 ? 'a' : 'b' }))
  for (let seed = 1; seed < 20; seed++) {
    const placed = placeReplicas(brokers, 8, 2, seededRandom(seed))
    for (const replicas of placed) {
      expect(new Set(replicas.map((id) => brokers[id]!.rack)).size).toBe(2)
    }
    const counts = brokers.map(({ id }) => placed.flat().filter((other) => other === id).length)
    expect(counts).toEqual([4, 4, 4, 4])
  }
})

test('more replicas than brokers cannot be placed', () => {
  expect(() => placeReplicas([{ id: 0, rack: null }], 1, 2, seededRandom(1))).toThrow(
    'The target replication factor of 2 cannot be reached because only 1 broker(s) are registered',
  )
})

test('a throttle is for those that give and those that get, also of moves that are under way', () => {
  const at = { topic: 'a', partition: 1 }
  const moving = [{ ...at, replicas: [1, 2, 0], adding: [1, 2], removing: [0] }]
  const other = { topic: 'a', partition: 10 }
  const moves = movesOf(
    moving,
    [
      { ...at, replicas: [2, 3] },
      { ...other, replicas: [0, 1] },
    ],
    [{ ...other, replicas: [1] }],
  )
  expect(throttledReplicas(moves)).toEqual({ leaders: '10:1,1:0', followers: '10:0,1:2,1:3' })
})

test('the list says what is added and what is removed', () => {
  const moving = [
    { topic: 'b', partition: 1, replicas: [1, 2], adding: [], removing: [] },
    { topic: 'a', partition: 0, replicas: [1, 2, 3, 4, 5], adding: [4, 5], removing: [1, 2] },
  ]
  expect(listText(moving)).toBe(
    'Current partition reassignments:\na-0: replicas: 1,2,3,4,5. adding: 4,5. removing: 1,2.\nb-1: replicas: 1,2.',
  )
})

test.each([
  [[2, 3], 'Reassignment of partition a-0 is completed.'],
  [null, 'Reassignment of partition a-0 is still in progress.'],
  [[1, 2], 'There is no active reassignment of partition a-0, but replica set is 1,2 rather than 2,3.'],
])('a partition on %j that is to be on 2,3: %s', (current, text) => {
  expect(stateText({ topic: 'a', partition: 0, replicas: [2, 3] }, current)).toBe(text)
})

test.each([
  [undefined, /^Partition a-0 is not found in any live log dir on broker 1\./, false],
  [{ current: '/d', future: null }, 'Reassignment of replica a-0-1 completed successfully.', true],
  [{ current: '/e', future: '/d' }, 'Reassignment of replica a-0-1 is still in progress.', false],
  [{ current: '/e', future: '/f' }, 'Partition a-0 on broker 1 is being moved to log dir /f instead of /d.', false],
  [{ current: '/e', future: null }, 'Partition a-0 on broker 1 is not being moved from log dir /e to /d.', true],
])('a replica that is to be in /d and is in %j', (place, text, isDone) => {
  const state = directoryMoveState({ topic: 'a', partition: 0, broker: 1, directory: '/d' }, place)
  expect(state.text).toMatch(text)
  expect(state.isDone).toBe(isDone)
})
