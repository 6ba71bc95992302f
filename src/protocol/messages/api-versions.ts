import { api, array, boolean, int16, int32, int64, string } from '../schema.js'

/**
 * Tells which APIs and versions a broker speaks. Whoever asks in a version that is unknown is answered in v0
 * (KIP-511).
 *
 * v3 names the client's software (KIP-511) and brings the features (KIP-584); v4 may list features whose lowest
 * version is 0.
 */
export const ApiVersions = api(18, 'ApiVersions', {
  versions: '0-4',
  flexible: '3+',
  request: {
    clientSoftwareName: string('3+', { ignorable: true }),
    clientSoftwareVersion: string('3+', { ignorable: true }),
  },
  response: {
    errorCode: int16('0+'),
    apiKeys: array('0+', { apiKey: int16('0+', { mapKey: true }), minVersion: int16('0+'), maxVersion: int16('0+') }),
    throttleTimeMs: int32('1+', { ignorable: true }),
    supportedFeatures: array(
      '3+',
      { name: string('3+', { mapKey: true }), minVersion: int16('3+'), maxVersion: int16('3+') },
      { tag: 0, taggedVersions: '3+', ignorable: true },
    ),
    finalizedFeaturesEpoch: int64('3+', { default: -1, tag: 1, taggedVersions: '3+', ignorable: true }),
    finalizedFeatures: array(
      '3+',
      { name: string('3+', { mapKey: true }), maxVersionLevel: int16('3+'), minVersionLevel: int16('3+') },
      { tag: 2, taggedVersions: '3+', ignorable: true },
    ),
    zkMigrationReady: boolean('3+', { default: false, tag: 3, taggedVersions: '3+', ignorable: true }),
  },
})
