import { assert } from '../base/assert.js'
import type { BrokerImage, FeatureRange } from './image.js'
import type { ImageDraft } from './image-draft.js'
import type { RecordOf } from './records.js'

type BrokerRecord = RecordOf<
  | 'RegisterBroker'
  | 'UnregisterBroker'
  | 'FenceBroker'
  | 'UnfenceBroker'
  | 'BrokerRegistrationChange'
  | 'RegisterController'
>

export function applyBrokerRecord(draft: ImageDraft, record: BrokerRecord): void {
  switch (record.type) {
    case 'RegisterBroker':
      draft.writable('brokers').set(record.brokerId, registered(record))
      break
    case 'UnregisterBroker':
      draft.writable('brokers').delete(record.brokerId)
      break
    case 'FenceBroker':
      change(draft, record.id, record.epoch, { fenced: true })
      break
    case 'UnfenceBroker':
      change(draft, record.id, record.epoch, { fenced: false })
      break
    case 'BrokerRegistrationChange':
      change(draft, record.brokerId, record.brokerEpoch, changesIn(record))
      break
    case 'RegisterController':
      draft.writable('controllers').set(record.controllerId, {
        id: record.controllerId,
        incarnationId: record.incarnationId,
        endpoints: record.endPoints,
        features: featureRanges(record.features),
      })
  }
}

function registered(record: RecordOf<'RegisterBroker'>): BrokerImage {
  return {
    id: record.brokerId,
    epoch: record.brokerEpoch,
    incarnationId: record.incarnationId,
    endpoints: record.endPoints,
    features: featureRanges(record.features),
    rack: record.rack,
    fenced: record.fenced ?? true,
    inControlledShutdown: record.inControlledShutdown ?? false,
    logDirs: record.logDirs ?? [],
    cordonedLogDirs: record.cordonedLogDirs ?? [],
  }
}

function featureRanges(
  features: RecordOf<'RegisterBroker' | 'RegisterController'>['features'],
): ReadonlyMap<string, FeatureRange> {
  return new Map(
    features.map(({ name, minSupportedVersion, maxSupportedVersion }) => [
      name,
      { min: minSupportedVersion, max: maxSupportedVersion },
    ]),
  )
}

/** Flags are 1 for set, -1 for cleared and 0 for as they were. */
function changesIn(record: RecordOf<'BrokerRegistrationChange'>): Partial<BrokerImage> {
  const { fenced = 0, inControlledShutdown = 0, logDirs = [], cordonedLogDirs = null } = record
  return {
    ...(fenced === 0 ? {} : { fenced: fenced > 0 }),
    ...(inControlledShutdown === 0 ? {} : { inControlledShutdown: inControlledShutdown > 0 }),
    ...(logDirs.length === 0 ? {} : { logDirs }),
    ...(cordonedLogDirs === null ? {} : { cordonedLogDirs }),
  }
}

function change(draft: ImageDraft, id: number, epoch: number, changes: Partial<BrokerImage>): void {
  const broker = draft.parts.brokers.get(id)
  assert(broker !== undefined && broker.epoch === epoch, `broker ${id} of epoch ${epoch} is not registered`)
  draft.writable('brokers').set(id, { ...broker, ...changes })
}
