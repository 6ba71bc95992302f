const SEED = 0x9747b28c | 0
const MULTIPLIER = 0x5bd1e995

/** Kafka's murmur2 of a key, as a signed 32-bit number: `(murmur2(key) & 0x7fffffff) % partitions` is Java's partition. */
export function murmur2(key: Uint8Array): number {
  const { length } = key
  const wholeWords = length & ~3
  let hash = SEED ^ length
  for (let at = 0; at < wholeWords; at += 4) {
    const word = key[at]! | (key[at + 1]! << 8) | (key[at + 2]! << 16) | (key[at + 3]! << 24)
    const mixed = Math.imul(word, MULTIPLIER)
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(mixed ^ (mixed >>> 24), MULTIPLIER)
  }
  const tail = length - wholeWords
  if (tail > 2) hash ^= key[wholeWords + 2]! << 16
  if (tail > 1) hash ^= key[wholeWords + 1]! << 8
  if (tail > 0) hash = Math.imul(hash ^ key[wholeWords]!, MULTIPLIER)
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER)
  return hash ^ (hash >>> 15)
}
