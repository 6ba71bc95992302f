import type { Clock } from '../base/clock.js'

/** What something of another node came in on. */
export interface HeardOn {
  onClose(act: () => void): () => void
}

export interface HangUpsOptions {
  readonly clock: Clock
  /** Whether nobody listens any more where the node did. */
  readonly isGone: (nodeId: number) => Promise<boolean>
}

/** A process that ends lets go of its connections before its ports, if not by much. */
const LOOKS = 3
const PAUSE_MS = 30

/**
 * Finds out which nodes are gone before their silence says so: the system closes the connections of a process that ends, and
 * refuses those to where it listened. Who only stands still, or is cut off, is not taken for gone.
 */
export class HangUps {
  readonly #options: HangUpsOptions
  readonly #links = new Map<number, { readonly link: HeardOn; readonly forget: () => void }>()
  #isClosed = false

  constructor(options: HangUpsOptions) {
    this.#options = options
  }

  /** When `link`, on which a node was heard last, ends, `act` is called. */
  heardOn(nodeId: number, link: HeardOn, act: () => void): void {
    const known = this.#links.get(nodeId)
    if (known?.link === link || this.#isClosed) return
    known?.forget()
    const forget = link.onClose(() => {
      if (this.#links.get(nodeId)?.link === link) this.#links.delete(nodeId)
      act()
    })
    this.#links.set(nodeId, { link, forget })
  }

  /** Whether a node that there is reason to doubt is gone; no more is looked once `isMoot`. */
  async look(nodeId: number, isMoot: () => boolean): Promise<boolean> {
    const { clock, isGone } = this.#options
    for (let look = 1; look <= LOOKS; look++) {
      if (await isGone(nodeId)) return !this.#isClosed && !isMoot()
      if (look < LOOKS) await new Promise<void>((resolve) => clock.after(PAUSE_MS, resolve))
      if (this.#isClosed || isMoot()) return false
    }
    return false
  }

  close(): void {
    this.#isClosed = true
    for (const { forget } of this.#links.values()) forget()
    this.#links.clear()
  }
}
