import { array, boolean, float64, int8, int16, int32, int64, int64Bits, message, string } from '../schema.js'

export const ConfigRecord = message('ConfigRecord', {
  recordType: 4,
  versions: '0',
  flexible: '0+',
  fields: {
    resourceType: int8('0+'),
    resourceName: string('0+'),
    name: string('0+'),
    value: string('0+', { nullable: '0+' }),
  },
})

export const ClientQuotaRecord = message('ClientQuotaRecord', {
  recordType: 14,
  versions: '0',
  flexible: '0+',
  fields: {
    entity: array('0+', { entityType: string('0+'), entityName: string('0+', { nullable: '0+' }) }),
    key: string('0+'),
    value: float64('0+'),
    remove: boolean('0+'),
  },
})

export const FeatureLevelRecord = message('FeatureLevelRecord', {
  recordType: 12,
  versions: '0',
  flexible: '0+',
  fields: { name: string('0+'), featureLevel: int16('0+') },
})

export const ProducerIdsRecord = message('ProducerIdsRecord', {
  recordType: 15,
  versions: '0',
  flexible: '0+',
  fields: { brokerId: int32('0+'), brokerEpoch: int64('0+', { default: -1 }), nextProducerId: int64Bits('0+') },
})
