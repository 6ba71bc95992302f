import { assert } from '../base/assert.js'
import { applyBrokerRecord } from './broker-records.js'
import { configKey, type ImageDraft } from './image-draft.js'
import { otherKey } from './other-records.js'
import type { MetadataRecord, RecordOf } from './records.js'
import { applyTopicRecord } from './topic-records.js'

/** Changes the draft as one record of the metadata log says. */
export function applyRecord(draft: ImageDraft, record: MetadataRecord): void {
  switch (record.type) {
    case 'RegisterBroker':
    case 'UnregisterBroker':
    case 'FenceBroker':
    case 'UnfenceBroker':
    case 'BrokerRegistrationChange':
    case 'RegisterController':
      applyBrokerRecord(draft, record)
      break
    case 'Topic':
    case 'Partition':
    case 'PartitionChange':
    case 'RemoveTopic':
    case 'ClearElr':
      applyTopicRecord(draft, record)
      break
    case 'Config':
      applyConfig(draft, record)
      break
    case 'FeatureLevel':
      if (record.featureLevel === 0) draft.writable('features').delete(record.name)
      else draft.writable('features').set(record.name, record.featureLevel)
      break
    case 'ProducerIds':
      draft.nextProducerId = record.nextProducerId
      break
    case 'NoOp':
    case 'ZkMigrationState':
      break
    case 'BeginTransaction':
    case 'EndTransaction':
    case 'AbortTransaction':
      // Whoever reads the log holds records back until their transaction has ended: `record-transaction.ts`.
      assert(false, `${record.type} reached the image`)
      break
    default: {
      const { key, isRemoved } = otherKey(record)
      if (isRemoved) draft.writable('others').delete(key)
      else draft.writable('others').set(key, record)
    }
  }
}

function applyConfig(draft: ImageDraft, { resourceType, resourceName, name, value }: RecordOf<'Config'>): void {
  const key = configKey(resourceType, resourceName)
  const configs = new Map(draft.parts.configs.get(key))
  if (value === null) configs.delete(name)
  else configs.set(name, value)
  if (configs.size === 0) draft.writable('configs').delete(key)
  else draft.writable('configs').set(key, configs)
}
