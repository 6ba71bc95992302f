import { ErrorCode } from '../protocol/errors.js'
import { ApiVersions } from '../protocol/messages/api-versions.js'
import { UpdateFeatures } from '../protocol/messages/update-features.js'
import type { Attempt, ClusterClient } from './cluster-client.js'
import { errorOf, KafkaError } from './kafka-error.js'

export interface FeatureDescription {
  readonly name: string
  readonly min: number
  readonly max: number
  /** What the cluster has agreed on; 0 for nothing. */
  readonly finalized: number
}

export interface Features {
  /** In the order of their names. */
  readonly features: readonly FeatureDescription[]
  /** Grows with every change; null where the broker does not say. */
  readonly epoch: number | null
}

export const UPGRADE_TYPES = { upgrade: 1, 'safe downgrade': 2, 'unsafe downgrade': 3 } as const

export interface FeatureUpdate {
  readonly feature: string
  /** 0 takes it away. */
  readonly level: number
  readonly type: keyof typeof UPGRADE_TYPES
}

/** What one broker can do; any of them unless it is named. */
export async function describeFeatures(client: ClusterClient, broker: number | null = null): Promise<Features> {
  const names = { clientSoftwareName: 'klog', clientSoftwareVersion: '1' }
  const target = broker === null ? 'any' : { broker }
  return await client.run('describeFeatures', target, async ({ connection, timeoutMs }) => {
    const response = await connection.call(ApiVersions, names, { timeoutMs })
    if (response.errorCode !== ErrorCode.NONE) throw new KafkaError(response.errorCode)
    const finalized = new Map(response.finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]))
    const features = response.supportedFeatures
      .map(({ name, minVersion, maxVersion }) => ({
        name,
        min: minVersion,
        max: maxVersion,
        finalized: finalized.get(name) ?? 0,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    const epoch = response.finalizedFeaturesEpoch
    return { features, epoch: epoch < 0 ? null : epoch }
  })
}

/** By feature null, or why it was not changed. @throws KafkaError when the controller cannot be asked. */
export async function updateFeatures(
  client: ClusterClient,
  updates: readonly FeatureUpdate[],
  isDryRun: boolean,
): Promise<Map<string, KafkaError | null>> {
  return await client.run('updateFeatures', 'controller', async (attempt) => await ask(attempt, updates, isDryRun))
}

async function ask(
  { connection, timeoutMs }: Attempt,
  updates: readonly FeatureUpdate[],
  validateOnly: boolean,
): Promise<Map<string, KafkaError | null>> {
  const version = connection.version(UpdateFeatures)
  if (version === 0 && validateOnly) throw new KafkaError(ErrorCode.UNSUPPORTED_VERSION)
  const featureUpdates = updates.map(({ feature, level, type }) => ({
    feature,
    maxVersionLevel: level,
    ...(version === 0 ? { allowDowngrade: type !== 'upgrade' } : { upgradeType: UPGRADE_TYPES[type] }),
  }))
  const request = { timeoutMs: Math.round(timeoutMs), featureUpdates, validateOnly }
  const response = await connection.call(UpdateFeatures, request, { timeoutMs })
  if (response.errorCode === ErrorCode.NOT_CONTROLLER) throw new KafkaError(response.errorCode)
  const whole = errorOf(response.errorCode, response.errorMessage)
  const single = new Map(
    response.results.map(({ feature, errorCode, errorMessage }) => [feature, errorOf(errorCode, errorMessage)]),
  )
  return new Map(updates.map(({ feature }) => [feature, whole ?? single.get(feature) ?? null]))
}
