import type { Random } from '../../src/base/random.js'
import type { NetworkFaults } from './network.js'
import type { Protocol } from './transactional-producer.js'

export type Disaster = 'kill' | 'kill in a write' | 'stop' | 'power' | 'power in a write' | DiskTrouble | Isolation
/** What several brokers do to one another: ways between them are cut, they stand still, their clocks are changed. */
export type Isolation = 'cut' | 'cut one way' | 'cut off' | 'pause' | 'clock'
/** The disk is full for a while; so full that a start falls into it; or fails, which ends the broker. */
export type DiskTrouble = 'full' | 'kill when full' | 'broken'

/** What happens in one simulation: drawn before it begins, so that simulations differ in kind and not only in luck. */
export interface Plan {
  readonly brokers: number
  /** Whether a disaster may come before the last one is over. */
  readonly mayOverlap: boolean
  /** How often the replicas of one partition are taken one after another. */
  readonly waves: number
  /** Who ask how far a group has come, all the time. */
  readonly overseers: number
  /** Partitions with one replica. */
  readonly lone: number
  /** Partitions whose leader may be one that was not in sync. */
  readonly risky: number
  /** Whether consumers are sent to the replica that is in their rack. */
  readonly hasRacks: boolean
  /** Who move replicas about, and elect leaders. */
  readonly rearrangers: number
  readonly settings: ReadonlyMap<string, string>
  readonly network: NetworkFaults
  readonly disasters: readonly Disaster[]
  readonly disasterEveryMs: number
  readonly partitions: number
  readonly batches: number
  readonly idempotentProducers: number
  readonly plainProducers: number
  readonly observers: number
  readonly administrators: number
  readonly groupMembers: number
  /** Who delete records from the front. */
  readonly trimmers: number
  readonly transactionalProducers: number
  /** Of partitions, each by a client of its own. */
  readonly isCopying: boolean
  readonly protocols: readonly Protocol[]
  /** After which the coordinator gives a transaction up. */
  readonly transactionTimeoutMs: number
}

/** As `klog broker start` has them, with everything that happens now and then happening often. */
const SETTINGS: readonly (readonly [string, string])[] = [
  ['process.roles', 'broker,controller'],
  ['log.dirs', '/data'],
  ['group.initial.rebalance.delay.ms', '0'],
  ['offsets.topic.replication.factor', '1'],
  ['offsets.topic.num.partitions', '2'],
  ['transaction.state.log.replication.factor', '1'],
  ['transaction.state.log.min.isr', '1'],
  ['transaction.state.log.num.partitions', '2'],
  ['auto.create.topics.enable', 'false'],
]

/** What there is in a cluster only. */
export const ALONE = {
  rearrangers: 0,
  waves: 0,

  overseers: 0,
  lone: 0,
  risky: 0,
  hasRacks: false,
} as const

/** Of so many simulations, one has a disk that may fill up and fail. */
const DISK_TROUBLE_ONE_IN = 4

export function planOf(random: Random): Plan {
  const pick = <T>(...things: readonly T[]): T => things[random.int(things.length)]!
  const isDurable = pick(true, false, false)
  const kinds: Disaster[] = ['kill', 'kill in a write', 'kill in a write', 'stop']
  if (isDurable) kinds.push('power', 'power in a write', 'power in a write')
  const settings = new Map([
    ...SETTINGS,
    ['log.roll.ms', pick('604800000', '300', '2000')] as const,
    ['log.index.interval.bytes', pick('0', '4096')] as const,
    ['log.initial.task.delay.ms', pick('30000', '200')] as const,
    ['log.flush.offset.checkpoint.interval.ms', pick('60000', '500')] as const,
    ['replica.high.watermark.checkpoint.interval.ms', pick('5000', '300')] as const,
    ['log.cleaner.backoff.ms', pick('15000', '400')] as const,
    ['log.cleaner.min.cleanable.ratio', pick('0.5', '0.01')] as const,
    ['transaction.abort.timed.out.transaction.cleanup.interval.ms', '1000'] as const,
    ['metadata.log.max.record.bytes.between.snapshots', pick('20971520', '900')] as const,
  ])
  if (isDurable) settings.set('log.flush.interval.messages', '1')
  if (random.int(DISK_TROUBLE_ONE_IN) === 0) kinds.push('full', 'full', 'kill when full', 'broken')
  const disasters = Array.from({ length: pick(0, 1, 2, 3) }, () => pick(...kinds))
  const isCopying = pick(true, false)
  // How far records were deleted is written down for the next start, and need not be on the device.
  const mayTrim = !isCopying && !disasters.some((disaster) => disaster.startsWith('power'))
  const trimmers = mayTrim ? pick(0, 1) : 0
  return {
    brokers: 1,
    mayOverlap: false,
    ...ALONE,
    settings,
    network: { cutOneIn: pick(0, 10, 40, 200), lateOneIn: pick(0, 0, 30) },
    disasters,
    disasterEveryMs: pick(300, 2000),
    partitions: pick(1, 2, 3),
    batches: pick(5, 15),
    // A batch that was deleted before its answer came cannot be known again after a restart: none of several under way then.
    idempotentProducers: trimmers > 0 ? 0 : pick(0, 1, 2),
    plainProducers: pick(0, 1),
    observers: pick(0, 1, 2),
    administrators: pick(0, 0, 1),
    groupMembers: pick(0, 0, 2, 3),
    transactionalProducers: pick(0, 1, 2),
    isCopying,
    trimmers,
    protocols: pick<readonly Protocol[]>(['old'], ['new'], ['new', 'old']),
    transactionTimeoutMs: pick(60_000, 60_000, 4000),
  }
}
