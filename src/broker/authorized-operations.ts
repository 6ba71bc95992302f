/**
 * What the asker may do, as a set of bits by operation code (KIP-430): here everything, as Kafka answers where no authorizer
 * is configured.
 */
export const ALL_OPERATIONS = {
  topic: 0x0df8,
  group: 0x0d48,
  cluster: 0x1fa0,
} as const

/** The answer where nobody asked. */
export const OPERATIONS_NOT_ASKED = -(2 ** 31)
