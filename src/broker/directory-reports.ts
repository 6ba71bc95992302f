import { resolve } from 'node:path'
import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Uuid } from '../bytes/uuid.js'
import type { Placement } from '../cluster/assign-directories.js'
import type { LogDirectory } from '../storage/log-directory.js'
import type { BrokerConfig } from './broker-config.js'
import type { ControllerClient } from './controller-client.js'
import type { Partitions } from './partitions.js'

/** What is found within this time is told together. */
const GATHER_MS = 1
const EVERY_DIRECTORY = '*'

export interface DirectoryReportsOptions {
  readonly controller: Pick<ControllerClient, 'assignDirectories' | 'changeDirectories'>
  readonly config: BrokerConfig
  readonly clock: Clock
  readonly log: Log
  readonly partitions: Partitions
}

/** Tells the controller of this broker's log directories: what lies where, which have failed, which are cordoned. */
export class DirectoryReports {
  readonly #options: DirectoryReportsOptions
  #placements: Placement[] = []
  #timer: Timer | null = null
  readonly #unsubscribe: (() => void)[]

  constructor(options: DirectoryReportsOptions) {
    const { partitions, config } = options
    this.#options = options
    this.#unsubscribe = [
      partitions.onPlacement((placement) => this.#add(placement)),
      partitions.onDirectoryFailure(() => this.#tellDirectories()),
      config.onChange(() => this.#tellDirectories()),
    ]
    this.#tellDirectories()
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#timer?.cancel()
    this.#placements = []
  }

  #tellDirectories(): void {
    const { partitions, controller, config } = this.#options
    const online = partitions.directories.filter(({ failure }) => failure === null)
    const names = config.list('cordoned.log.dirs')
    const isCordoned = ({ path }: LogDirectory): boolean =>
      names.includes(EVERY_DIRECTORY) || names.some((name) => resolve(name) === path)
    const found = { online: idsOf(online), cordoned: idsOf(online.filter(isCordoned)) }
    controller.changeDirectories(found).catch((error: Error) => this.#failed(error))
  }

  #add(placement: Placement): void {
    this.#placements.push(placement)
    this.#timer ??= this.#options.clock.after(GATHER_MS, () => this.#tellPlacements())
  }

  #tellPlacements(): void {
    const placements = this.#placements
    this.#placements = []
    this.#timer = null
    this.#options.controller.assignDirectories(placements).catch((error: Error) => this.#failed(error))
  }

  #failed({ message }: Error): void {
    this.#options.log.error(`What lies in the log directories could not be written down: ${message}`)
  }
}

function idsOf(directories: readonly LogDirectory[]): Uuid[] {
  return directories.flatMap(({ metaProperties }) => metaProperties?.directoryId ?? [])
}
