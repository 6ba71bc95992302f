import { isWhole } from './cluster-state.js'
import { type ClusterTroublesWorld, goOn, until } from './coming-back.js'
import type { Machine } from './machine.js'
import type { Disaster } from './plan.js'
import { bring } from './troubles.js'
import { wave } from './wave.js'

/** How long a way is cut, or a machine stands still. */
const CUT_MS_MAX = 6000
const PAUSE_MS_MAX = 4000
/** Whoever was cut off has heard by then who leads now. */
const NEWS_MS = 2500
const DOWN_MS_MAX = 4000
const SKEW_MS_MAX = 5000

/** Brings disasters over machines of a cluster; everybody runs and reaches everybody when it resolves. */
export async function strikeCluster(world: ClusterTroublesWorld): Promise<void> {
  const { plan, random, clock, machines, losses, tell } = world
  const { struck } = losses
  const open: Promise<void>[] = []
  for (let done = 0; done < plan.waves; done++) await wave(world)
  for (const disaster of plan.disasters) {
    await clock.wait(random.int(plan.disasterEveryMs))
    if (!plan.mayOverlap) await until(world, () => isWhole(machines))
    const machine = victim(world, struck)
    if (machine === null) continue
    // Without its last in-sync replica a partition may lose what the others have forgotten.
    const isForgetting = disaster.startsWith('power') && !plan.settings.has('log.flush.interval.messages')
    if (!losses.admits(machine, isForgetting)) continue
    tell(() => `comes: ${disaster} of ${machine.name}`)
    struck.add(machine)
    const over = happen(disaster, machine, world).finally(() => struck.delete(machine))
    open.push(over)
    if (!plan.mayOverlap) await over
  }
  await Promise.all(open)
}

/** Mostly the one that matters most. */
function victim({ random, machines }: ClusterTroublesWorld, struck: ReadonlySet<Machine>): Machine | null {
  const left = machines.filter((machine) => !struck.has(machine) && machine.isRunning)
  const controller = left.find(({ node }) => node?.broker?.metadata.isActive === true)
  if (controller !== undefined && random.int(3) === 0) return controller
  return left[random.int(left.length)] ?? null
}

async function happen(disaster: Disaster, machine: Machine, world: ClusterTroublesWorld): Promise<void> {
  const { random, clock, network } = world
  if (disaster === 'clock') {
    machine.clockFaults.skewMs = random.int(2 * SKEW_MS_MAX) - SKEW_MS_MAX
    machine.clockFaults.rate = 0.9 + random.int(20) / 100
  } else if (disaster === 'pause') {
    machine.pause()
    await clock.wait(random.int(PAUSE_MS_MAX))
    machine.resume()
  } else if (disaster.startsWith('cut')) {
    cut(disaster, machine, world)
    await clock.wait(random.int(CUT_MS_MAX))
    network.heal()
    await clock.wait(NEWS_MS)
    machine.clients.isShunned = false
  } else {
    await bring(disaster, machine, world)
    await clock.wait(random.int(DOWN_MS_MAX))
    await goOn(machine, world)
  }
}

function cut(
  disaster: Disaster,
  { name, clients }: Machine,
  { random, machines, network }: ClusterTroublesWorld,
): void {
  const isOff = disaster === 'cut off'
  for (const other of machines) {
    if (other.name === name || (!isOff && random.int(3) === 0)) continue
    if (disaster !== 'cut one way' || random.int(2) === 0) network.cut(name, other.name)
    if (disaster !== 'cut one way' || !network.isCut({ machine: name, run: () => {} }, other))
      network.cut(other.name, name)
  }
  if (!isOff) return
  clients.isShunned = true
  for (const wire of [...clients.wires]) if (wire.from.machine === null) wire.break()
}
