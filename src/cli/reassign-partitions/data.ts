import type { MovingPartition } from '../../client/reassignments.js'
import { comparePartitions } from '../../client/topic-partition.js'
import { boolean, number, numbers, orNull, type RowIn, rows, shape, text, texts } from '../data/shape.js'

const PARTITION = { topic: text('a topic'), partition: number('a partition of it') }
const REPLICAS = numbers('ids of the brokers that have a copy, the preferred leader first')

export const MOVES = shape('--list', {
  ...PARTITION,
  replicas: REPLICAS,
  addingReplicas: numbers('ids of brokers that it is moving to'),
  removingReplicas: numbers('ids of brokers that it is moving from'),
})

export const MOVE_STATES = shape(
  '--verify',
  {
    partitions: rows('of the plan', {
      ...PARTITION,
      state: text('moving, completed, or different when it is elsewhere and does not move'),
      replicas: orNull(numbers('where it is; null while it moves')),
      wanted: numbers('where the plan wants it'),
    }),
    directories: rows('of the plan, where it names them', {
      ...PARTITION,
      broker: number('id of the broker'),
      wanted: text('the directory that the plan wants'),
      isDone: boolean('nothing is moved there'),
      message: text('how the move stands'),
    }),
  },
  { isSingle: true, expands: 'partitions', columns: ['topic', 'partition', 'state', 'replicas', 'wanted'] },
)

export const PROPOSAL = shape(
  '--generate, what --execute takes as a file',
  {
    version: number('of the form'),
    partitions: rows('where they could be', {
      ...PARTITION,
      replicas: REPLICAS,
      log_dirs: texts('a directory for each; any leaves it to the broker'),
      currentReplicas: numbers('ids of the brokers that have a copy now'),
    }),
  },
  { isSingle: true, expands: 'partitions', columns: ['topic', 'partition', 'currentReplicas', 'replicas'] },
)

export function moveRows(moving: readonly MovingPartition[]): RowIn<typeof MOVES>[] {
  return [...moving].sort(comparePartitions).map(({ topic, partition, replicas, adding, removing }) => ({
    topic,
    partition,
    replicas,
    addingReplicas: adding,
    removingReplicas: removing,
  }))
}
