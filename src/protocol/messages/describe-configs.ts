import { api, array, boolean, int8, int16, int32, string } from '../schema.js'

/**
 * Describes settings of topics, brokers, loggers, groups and client metrics; `configurationKeys` null asks for all.
 *
 * v1 tells where each value comes from (KIP-226), v3 its type and documentation (KIP-569).
 */
export const DescribeConfigs = api(32, 'DescribeConfigs', {
  versions: '1-4',
  flexible: '4+',
  request: {
    resources: array('0+', {
      resourceType: int8('0+'),
      resourceName: string('0+'),
      configurationKeys: array('0+', string, { nullable: '0+' }),
    }),
    includeSynonyms: boolean('1+', { default: false }),
    includeDocumentation: boolean('3+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    results: array('0+', {
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
      resourceType: int8('0+'),
      resourceName: string('0+'),
      configs: array('0+', {
        name: string('0+'),
        value: string('0+', { nullable: '0+' }),
        readOnly: boolean('0+'),
        configSource: int8('1+', { default: -1, ignorable: true }),
        isSensitive: boolean('0+'),
        synonyms: array(
          '1+',
          { name: string('1+'), value: string('1+', { nullable: '0+' }), source: int8('1+') },
          { ignorable: true },
        ),
        configType: int8('3+', { default: 0, ignorable: true }),
        documentation: string('3+', { nullable: '0+', ignorable: true }),
      }),
    }),
  },
})
