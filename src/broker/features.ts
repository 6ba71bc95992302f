import type { Handler } from './handler.js'

export interface SupportedFeature {
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
}

/** A feature is supported where the API that it stands for is served in the version that it needs. */
const FEATURES: readonly (SupportedFeature & { readonly needs: { apiKey: number; version: number } | null })[] = [
  { name: 'group.version', minVersion: 0, maxVersion: 1, needs: { apiKey: 68, version: 1 } },
  { name: 'kraft.version', minVersion: 0, maxVersion: 1, needs: { apiKey: 80, version: 1 } },
  { name: 'metadata.version', minVersion: 7, maxVersion: 30, needs: null },
  { name: 'share.version', minVersion: 0, maxVersion: 1, needs: { apiKey: 78, version: 1 } },
  { name: 'streams.version', minVersion: 0, maxVersion: 1, needs: { apiKey: 88, version: 0 } },
  { name: 'transaction.version', minVersion: 0, maxVersion: 2, needs: { apiKey: 26, version: 5 } },
  { name: 'eligible.leader.replicas.version', minVersion: 0, maxVersion: 1, needs: null },
]

/**
 * Every feature that a cluster of Kafka 4.3 may have agreed on. A broker registers with all of them, so that it can take over
 * what Apache Kafka left behind; clients are told of those alone that are served.
 */
export const KNOWN_FEATURES: readonly SupportedFeature[] = FEATURES

/** The features of a broker that serves these. */
export function supportedFeatures(served: readonly Handler[]): SupportedFeature[] {
  const isServed = (apiKey: number, version: number): boolean =>
    served.some((handler) => handler.api.key === apiKey && handler.versions.max >= version)
  return FEATURES.filter(({ needs }) => needs === null || isServed(needs.apiKey, needs.version)).map(
    ({ name, minVersion, maxVersion }) => ({ name, minVersion, maxVersion }),
  )
}
