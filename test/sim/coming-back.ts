import type { Losses } from './losses.js'
import type { Machine } from './machine.js'
import type { Network } from './network.js'
import type { TroublesWorld } from './troubles.js'

/** Machines that may not be able to come into service alone are waited for no longer than this. */
const WAIT_MS_MAX = 60_000

export interface ClusterTroublesWorld extends TroublesWorld {
  readonly machines: readonly Machine[]
  readonly network: Network
  readonly losses: Losses
}

/** Starts a machine until it runs: it may die over it. Whether it comes into service depends on the others. */
export async function goOn(machine: Machine, world: ClusterTroublesWorld): Promise<void> {
  machine.disk.freeBytes = Number.POSITIVE_INFINITY
  while (!machine.isUp) {
    machine.kill()
    const run = machine.runs + 1
    const started = machine.start()
    await until(world, () => machine.isUp || !machine.isRunning || machine.runs > run)
    if (machine.isRunning && machine.isUp) await started
  }
}

export async function until({ clock, plan }: ClusterTroublesWorld, isTrue: () => boolean): Promise<void> {
  const endMs = clock.monotonicMs() + WAIT_MS_MAX
  while (!isTrue() && (plan.mayOverlap || clock.monotonicMs() < endMs)) await clock.wait(50)
}
