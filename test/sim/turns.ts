import { isDiskStop } from './disk-stop.js'

type Act = () => void

/**
 * The event loop of a simulation. What is put off with `setImmediate` is kept here instead of by Node, so that it is known when
 * nothing is left to be done before time goes on; and what nobody has caught is kept too.
 */
export class Turns {
  readonly #nodes = globalThis.setImmediate
  readonly #listeners: NodeJS.UnhandledRejectionListener[]
  #queue: Act[] = []
  #failure: { readonly error: unknown } | null = null

  constructor() {
    globalThis.setImmediate = ((act: (...args: unknown[]) => void, ...args: unknown[]) => {
      this.#queue.push(() => act(...args))
    }) as typeof setImmediate
    this.#listeners = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', (reason) => this.caught(reason))
  }

  /** Resolves when nobody has anything to do but wait. @throws what nobody has caught */
  async settle(): Promise<void> {
    for (;;) {
      // Promises and ticks that follow from one another are all over by Node's next turn.
      await new Promise<void>((resolve) => this.#nodes(resolve))
      if (this.#failure !== null) throw this.#failure.error
      if (this.#queue.length === 0) return
      const acts = this.#queue
      this.#queue = []
      for (const act of acts) this.run(act)
    }
  }

  run(act: Act): void {
    try {
      act()
    } catch (error) {
      this.caught(error)
    }
  }

  /** A process that has come to its end stumbles over its disk, and nobody is there any more to mind. */
  caught(error: unknown): void {
    if (!isDiskStop(error)) this.#failure ??= { error }
  }

  restore(): void {
    globalThis.setImmediate = this.#nodes
    process.removeAllListeners('unhandledRejection')
    for (const listener of this.#listeners) process.on('unhandledRejection', listener)
  }
}
