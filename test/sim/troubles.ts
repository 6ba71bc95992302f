import type { Random } from '../../src/base/random.js'
import type { Machine } from './machine.js'
import type { Disaster, Plan } from './plan.js'
import type { WorldClock } from './world-clock.js'

/** In which a disk that is to stop in the middle of a write does so. */
const WRITE_BYTES_MAX = 4000
/** With less the disk is as good as full. */
const SPACE_BYTES_MIN = 1_000_000

export interface TroublesWorld {
  readonly plan: Plan
  readonly random: Random
  readonly clock: WorldClock
  readonly tell: (what: () => string) => void
}

/** Brings one disaster after another over a machine that is alone, and starts it again after each. */
export async function strike(machine: Machine, world: TroublesWorld): Promise<void> {
  const { plan, random, clock, tell } = world
  for (const disaster of plan.disasters) {
    await clock.wait(random.int(plan.disasterEveryMs))
    tell(() => `comes: ${disaster}`)
    await bring(disaster, machine, world)
    await clock.wait(random.int(1500))
    if (!machine.isUp) await machine.start()
    if (machine.disk.freeBytes < SPACE_BYTES_MIN) await clock.wait(random.int(3000))
    machine.disk.freeBytes = Number.POSITIVE_INFINITY
    // It may have died again over the start.
    while (!machine.isUp) {
      machine.kill()
      await machine.start()
    }
  }
}

/** What happens to one machine, and to nobody else. */
export async function bring(disaster: Disaster, machine: Machine, { random, clock }: TroublesWorld): Promise<void> {
  // Who is still on the way into service has no way to stop in order.
  if (disaster === 'stop' && machine.isUp) await machine.stop()
  else if (disaster === 'kill' || disaster === 'stop') machine.kill()
  else if (disaster === 'power') machine.failPower()
  else if (disaster === 'full' || disaster === 'kill when full') {
    const freeBytes = random.int(3000)
    machine.disk.freeBytes = freeBytes
    await clock.wait(random.int(3000))
    if (disaster === 'full') return
    machine.kill()
    machine.disk.freeBytes = freeBytes
  } else if (disaster === 'broken') {
    machine.disk.isBroken = true
    for (let waited = 0; machine.isUp && waited < 40; waited++) await clock.wait(50)
    machine.kill()
  } else {
    machine.disk.stopAfter(1 + random.int(WRITE_BYTES_MAX))
    for (let waited = 0; machine.isUp && waited < 40; waited++) await clock.wait(50)
    if (disaster === 'power in a write') machine.failPower()
    else machine.kill()
  }
}
