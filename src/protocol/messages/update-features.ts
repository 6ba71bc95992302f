import { api, array, boolean, int8, int16, int32, string } from '../schema.js'

/**
 * Moves the cluster's feature levels (KIP-584). v1 names the kind of downgrade and can only validate (KIP-778); v2
 * answers as a whole.
 */
export const UpdateFeatures = api(57, 'UpdateFeatures', {
  versions: '0-2',
  flexible: '0+',
  request: {
    timeoutMs: int32('0+', { default: 60000 }),
    featureUpdates: array('0+', {
      feature: string('0+', { mapKey: true }),
      maxVersionLevel: int16('0+'),
      allowDowngrade: boolean('0'),
      upgradeType: int8('1+', { default: 1 }),
    }),
    validateOnly: boolean('1+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    results: array(
      '0-1',
      {
        feature: string('0+', { mapKey: true }),
        errorCode: int16('0+'),
        errorMessage: string('0+', { nullable: '0+' }),
      },
      { ignorable: true },
    ),
  },
})
