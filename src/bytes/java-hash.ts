/** Java's `String.hashCode()`: a signed 32-bit number over UTF-16 units. */
export function javaStringHash(text: string): number {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0
  return hash
}

/** The partition of `__consumer_offsets` or `__transaction_state` that a group or transactional id belongs to. */
export function coordinatorPartition(id: string, partitions: number): number {
  const hash = javaStringHash(id)
  // Kafka takes the absolute value, and 0 for the one number that has none.
  return hash === -(2 ** 31) ? 0 : Math.abs(hash) % partitions
}
