import type { Random } from '../../src/base/random.js'
import { CONTROLLER_PORT, nameOfMachine } from './machine.js'
import { type Disaster, type Plan, planOf } from './plan.js'

/** Of so many simulations, one has disks that may fill up and fail. */
const DISK_TROUBLE_ONE_IN = 4
const WAVES_BATCHES = 80
/** Of so many simulations, one has records deleted from the front. */
const TRIMMING_ONE_IN = 4
/** A replica that begins where others have deleted knows nothing of producers from before, in Kafka too: there are none. */
const TRIMMING: Partial<Plan> = { trimmers: 1, plainProducers: 2, idempotentProducers: 0, transactionalProducers: 0 }

/** What happens in one simulation of several brokers. */
export function clusterPlanOf(random: Random, brokers: number): Plan {
  const alone = planOf(random)
  const pick = <T>(...things: readonly T[]): T => things[random.int(things.length)]!
  const isDurable = alone.settings.has('log.flush.interval.messages')
  const mayOverlap = isDurable || pick(true, false)
  const kinds: Disaster[] = ['kill', 'kill in a write', 'stop', 'power', 'power in a write', 'power', 'clock']
  if (random.int(DISK_TROUBLE_ONE_IN) === 0) kinds.push('full', 'full', 'kill when full', 'broken')
  // A broker that is no coordinator any more, and has not heard of it, may tell how far a group had come when it was one: who
  // copies by that must not be able to ask it. Kafka's are the same.
  kinds.push('cut off', 'cut off')
  if (!alone.isCopying) kinds.push('cut', 'cut', 'cut one way', 'pause', 'pause')
  const voters = Array.from({ length: brokers }, (_, id) => `${id}@${nameOfMachine(id)}:${CONTROLLER_PORT}`)
  const settings = new Map([
    ...alone.settings,
    ['controller.quorum.voters', voters.join(',')] as const,
    ['controller.listener.names', 'CONTROLLER'] as const,
    ['listeners', 'PLAINTEXT://:9092,CONTROLLER://:9093'] as const,
    ['listener.security.protocol.map', 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT'] as const,
    ['min.insync.replicas', '2'] as const,
    ['offsets.topic.replication.factor', '3'] as const,
    ['transaction.state.log.replication.factor', '3'] as const,
    ['transaction.state.log.min.isr', '2'] as const,
    ['broker.heartbeat.interval.ms', pick('100', '500')] as const,
    ['broker.session.timeout.ms', pick('1000', '3000')] as const,
    ['controller.quorum.election.timeout.ms', '300'] as const,
    ['controller.quorum.fetch.timeout.ms', pick('600', '1500')] as const,
    ['controller.quorum.election.backoff.max.ms', '200'] as const,
    ['controller.quorum.request.timeout.ms', '2000'] as const,
    ['request.timeout.ms', '4000'] as const,
    ['replica.lag.time.max.ms', pick('700', '3000', '10000')] as const,
    ['replica.fetch.wait.max.ms', pick('100', '500')] as const,
    ['replica.fetch.backoff.ms', pick('100', '1000')] as const,
    ['leader.imbalance.check.interval.seconds', pick('300', '2')] as const,
  ])
  return {
    ...alone,
    brokers,
    mayOverlap,
    settings,
    network: { cutOneIn: pick(0, 0, 100, 500), lateOneIn: pick(0, 0, 0, 100), nodeDelayMsMax: pick(3, 30, 80) },
    batches: pick(15, 40),
    disasters: Array.from({ length: pick(1, 3, 5, 8) }, () => pick(...kinds)),
    disasterEveryMs: pick(500, 3000),
    idempotentProducers: pick(1, 2),
    trimmers: 0,
    rearrangers: pick(0, 0, 1),
  }
}

/** Waves, other kinds of topics, and readers of other kinds: what came later, so that what was found before can be seen again. */
export function withMore(random: Random, plan: Plan): Plan {
  const pick = <T>(...things: readonly T[]): T => things[random.int(things.length)]!
  const isDurable = plan.settings.has('log.flush.interval.messages')
  const waves = pick(0, 0, 1, 2)
  const more: Plan = {
    ...plan,
    waves,
    overseers: pick(0, 1),
    // As long as waves take, somebody has something to send.
    batches: waves > 0 ? WAVES_BATCHES : plan.batches,
    hasRacks: pick(true, false),
    risky: pick(0, 0, 1),
    // What one machine alone had is gone with what it had not synced.
    lone: isDurable && !plan.isCopying ? pick(0, 1) : 0,
  }
  return plan.isCopying || random.int(TRIMMING_ONE_IN) > 0 ? more : { ...more, ...TRIMMING }
}
