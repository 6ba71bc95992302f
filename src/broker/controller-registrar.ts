import type { Clock, Timer } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { ControllerImage } from '../cluster/image.js'
import { takesControllers } from '../cluster/register-controller.js'
import type { ControllerClient } from './controller-client.js'
import type { MetadataLog } from './metadata-log.js'

/** Before it is tried again. */
const BACKOFF_MS = 100

export interface ControllerRegistrarOptions {
  readonly controller: ControllerImage
  readonly client: ControllerClient
  readonly metadata: MetadataLog
  readonly clock: Clock
  readonly log: Log
}

/** Sees to it that the metadata knows this node as a controller, as it is in this run (KIP-919). */
export class ControllerRegistrar {
  readonly #options: ControllerRegistrarOptions
  #isAsking = false
  #isClosed = false
  #pause: Timer | null = null
  readonly #unsubscribe: () => void

  constructor(options: ControllerRegistrarOptions) {
    this.#options = options
    // The change that is being told of is to be dealt with by all before there is another.
    this.#unsubscribe = options.metadata.subscribe(() => queueMicrotask(() => void this.#register()))
  }

  close(): void {
    this.#isClosed = true
    this.#pause?.cancel()
    this.#unsubscribe()
  }

  async #register(): Promise<void> {
    const { controller, client, metadata, clock, log } = this.#options
    const { image } = metadata
    const isKnown = image.controllers.get(controller.id)?.incarnationId === controller.incarnationId
    if (this.#isClosed || this.#isAsking || isKnown || !takesControllers(image)) return
    this.#isAsking = true
    try {
      await client.registerController(controller)
    } catch (error) {
      log.debug(`The controller is not registered: ${error instanceof Error ? error.message : String(error)}`)
    }
    this.#pause = clock.after(BACKOFF_MS, () => {
      this.#isAsking = false
      void this.#register()
    })
  }
}
