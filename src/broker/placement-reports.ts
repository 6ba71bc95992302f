import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Placement } from '../cluster/assign-directories.js'
import type { Controller } from './controller.js'
import type { Partitions } from './partitions.js'

/** What is found within this time is told together. */
const GATHER_MS = 1

/** Tells the controller where this broker has put its replicas, whenever that is not what the metadata says. */
export class PlacementReports {
  #gathered: Placement[] = []
  #timer: Timer | null = null
  readonly #unsubscribe: () => void

  constructor(
    readonly controller: Pick<Controller, 'assignDirectories'>,
    readonly clock: Clock,
    readonly log: Log,
    partitions: Partitions,
  ) {
    this.#unsubscribe = partitions.onPlacement((placement) => this.#add(placement))
  }

  close(): void {
    this.#unsubscribe()
    this.#timer?.cancel()
    this.#gathered = []
  }

  #add(placement: Placement): void {
    this.#gathered.push(placement)
    this.#timer ??= this.clock.after(GATHER_MS, () => this.#send())
  }

  #send(): void {
    const placements = this.#gathered
    this.#gathered = []
    this.#timer = null
    this.controller.assignDirectories(placements).catch((error: Error) => {
      this.log.error(`The directories of ${placements.length} replicas could not be written down: ${error.message}`)
    })
  }
}
