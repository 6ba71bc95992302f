import { array, boolean, float64, int8, int16, int32, int64, int64Bits, message, string } from '../schema.js'

// Records of the metadata log, `__cluster_metadata-0`. In front of the fields stand three unsigned varints: 1, the
// record type and the version.

/** A dynamic setting of a resource; null takes it back. */
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

/** A quota of a user, client id or address. */
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

/** The level of a feature; metadata.version is the first. */
export const FeatureLevelRecord = message('FeatureLevelRecord', {
  recordType: 12,
  versions: '0',
  flexible: '0+',
  fields: { name: string('0+'), featureLevel: int16('0+') },
})

/** A block of producer ids was given away: `nextProducerId` is the first that is left (KIP-730). */
export const ProducerIdsRecord = message('ProducerIdsRecord', {
  recordType: 15,
  versions: '0',
  flexible: '0+',
  fields: { brokerId: int32('0+'), brokerEpoch: int64('0+', { default: -1 }), nextProducerId: int64Bits('0+') },
})
