/** Where chance enters klog, so that a test can replay it. */
export interface Random {
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number
  bytes(count: number): Buffer
}

/** What one call of `getRandomValues` may ask for. */
const DRAW_BYTES_MAX = 65_536

export const systemRandom: Random = {
  int: (below) => Math.floor(Math.random() * below),
  // Not from node:crypto, whose loading takes a fifth of the time of the shortest command.
  bytes: (count) => {
    const bytes = Buffer.alloc(count)
    for (let at = 0; at < count; at += DRAW_BYTES_MAX) {
      crypto.getRandomValues(bytes.subarray(at, at + DRAW_BYTES_MAX))
    }
    return bytes
  },
}
