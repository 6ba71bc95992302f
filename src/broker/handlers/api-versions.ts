import { KRAFT_VERSION_FEATURE } from '../../cluster/features.js'
import { ErrorCode } from '../../protocol/errors.js'
import { ApiVersions } from '../../protocol/messages/api-versions.js'
import { handle } from '../handler.js'

const SOFTWARE_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/

/** What is served, read aloud, and the features that the cluster has agreed on. */
export const apiVersions = handle(ApiVersions, '0-4', (request, context) => {
  const { clientSoftwareName, clientSoftwareVersion } = request
  const isNamed = SOFTWARE_NAME.test(clientSoftwareName) && SOFTWARE_NAME.test(clientSoftwareVersion)
  if (context.clientKnows('ownSoftware') && !isNamed) return { errorCode: ErrorCode.INVALID_REQUEST, apiKeys: [] }
  if (isNamed) context.connection.software = { name: clientSoftwareName, version: clientSoftwareVersion }
  const { image, quorum } = context.broker.metadata
  const { supportedFeatures: supported } = context.broker
  const isSupported = (name: string): boolean => supported.some((feature) => feature.name === name)
  return {
    errorCode: ErrorCode.NONE,
    apiKeys: context.served
      .filter(({ advertised }) => advertised)
      .map(({ api, versions }) => ({ apiKey: api.key, minVersion: versions.min, maxVersion: versions.max }))
      .sort((a, b) => a.apiKey - b.apiKey),
    supportedFeatures: context.clientKnows('levelZeroFeatures')
      ? supported
      : supported.filter((feature) => feature.minVersion > 0),
    finalizedFeaturesEpoch: image.offset,
    finalizedFeatures: [...image.features, [KRAFT_VERSION_FEATURE, quorum.kraftVersion] as const]
      .filter(([name, level]) => level > 0 && isSupported(name))
      .map(([name, level]) => ({ name, maxVersionLevel: level, minVersionLevel: level })),
  }
})
