/** A whole number from 0 to `below` - 1, in an order that is always the same for a seed. */
export function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return Math.floor((state / 2 ** 31) * below)
  }
}

/** Bytes that no codec can pack, always the same. */
export function noise(length: number): Buffer {
  const next = numbers(12345)
  return Buffer.from(Array.from({ length }, () => next(256)))
}
