import { randomBytes } from 'node:crypto'

/** Where chance enters klog, so that a test can replay it. */
export interface Random {
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number
  bytes(count: number): Buffer
}

export const systemRandom: Random = {
  int: (below) => Math.floor(Math.random() * below),
  bytes: (count) => randomBytes(count),
}
