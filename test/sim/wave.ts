import type { PartitionImage } from '../../src/cluster/image.js'
import { controllerImage, isWhole, newestImage } from './cluster-state.js'
import { type ClusterTroublesWorld, goOn, until } from './coming-back.js'
import type { Machine } from './machine.js'
import { isExpendable } from './topics.js'

/** Between one replica that is known to be gone and the next one. */
const APART_MS_MAX = 2000
/** Until the controller knows that somebody is gone; without a majority it never does. */
const NEWS_MS_MAX = 8000
/** Whoever comes back first has so much time to do harm before the next. */
const ALONE_MS_MAX = 6000

/**
 * The replicas of one partition go one after another, each once the last is known to be gone; most of them forget what they had
 * not synced. They come back in another order: who has everything comes last.
 */
export async function wave(world: ClusterTroublesWorld): Promise<void> {
  const { random, clock, losses, machines, plan, tell } = world
  const isForgetting = !plan.settings.has('log.flush.interval.messages')
  const gone: Machine[] = []
  await until(world, () => isWhole(machines) && partitionsOf(world).length > 0)
  await clock.wait(random.int(APART_MS_MAX))
  for (const machine of replicasOfOne(world)) {
    const hasPowerFailure = random.int(3) > 0
    const fails = hasPowerFailure && losses.admits(machine, isForgetting)
    if (!fails && !losses.admits(machine, false)) continue
    tell(() => `in a wave ${machine.name} ${fails ? 'loses its power' : 'is killed'}`)
    losses.struck.add(machine)
    if (fails) machine.failPower()
    else machine.kill()
    gone.push(machine)
    const untilMs = clock.monotonicMs() + NEWS_MS_MAX
    while (!isFenced(machines, machine) && clock.monotonicMs() < untilMs) await clock.wait(50)
    await clock.wait(random.int(APART_MS_MAX))
  }
  const last = gone.pop()
  const back: Promise<void>[] = []
  for (const machine of [...shuffled(gone, world), ...(last === undefined ? [] : [last])]) {
    if (machine === last) await clock.wait(random.int(ALONE_MS_MAX))
    back.push(goOn(machine, world).finally(() => losses.struck.delete(machine)))
    await clock.wait(random.int(APART_MS_MAX))
  }
  await Promise.all(back)
}

function partitionsOf({ machines }: ClusterTroublesWorld): PartitionImage[] {
  const topics = [...(newestImage(machines)?.topics() ?? [])].filter(({ name }) => !isExpendable(`${name}-`))
  return topics.flatMap(({ partitions }) => partitions)
}

/** In any order. */
function replicasOfOne(world: ClusterTroublesWorld): Machine[] {
  const { machines, losses, random } = world
  const partitions = partitionsOf(world)
  const { replicas } = partitions[random.int(partitions.length)]!
  const there = replicas.map((id) => machines[id]!).filter((one) => one.isRunning && !losses.struck.has(one))
  return shuffled(there, world)
}

function shuffled(machines: readonly Machine[], { random }: ClusterTroublesWorld): Machine[] {
  const left = [...machines]
  return machines.map(() => left.splice(random.int(left.length), 1)[0]!)
}

function isFenced(machines: readonly Machine[], { nodeId }: Machine): boolean {
  return controllerImage(machines)?.brokers.get(nodeId)?.fenced === true
}
