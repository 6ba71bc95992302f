import type { Uuid } from '../bytes/uuid.js'
import { ErrorCode } from '../protocol/errors.js'
import { type ControllerSettings, type Decision, type Refusal, refusal } from './decision.js'
import type { EndpointImage, FeatureRange } from './image.js'
import type { MetadataImage } from './metadata-image.js'
import { partitionUpdates } from './partition-updates.js'
import type { MetadataRecord } from './records.js'

type Rules = Pick<ControllerSettings, 'minInsyncReplicas' | 'isUncleanElectionEnabled'>

/** A broker that introduces itself. */
export interface Registration {
  readonly brokerId: number
  readonly incarnationId: Uuid
  readonly endpoints: readonly EndpointImage[]
  readonly features: ReadonlyMap<string, FeatureRange>
  readonly rack: string | null
  readonly logDirs: readonly Uuid[]
  /** The epoch in which the broker stopped in order; -1 where it did not, or never ran. */
  readonly previousBrokerEpoch: number
}

/** Registers a broker, fenced; its epoch is the offset of its record, of which `nextOffset` would be that of the first. */
export function registerBroker(
  image: MetadataImage,
  registration: Registration,
  nextOffset: number,
  rules: Rules,
): Decision<{ brokerEpoch: number }> | Refusal {
  const { brokerId, incarnationId, previousBrokerEpoch } = registration
  const before = image.brokers.get(brokerId)
  // Who names the epoch of the last incarnation has found that it stopped in order: its session need not run out.
  const hasEnded = before?.epoch === previousBrokerEpoch
  if (before !== undefined && !before.fenced && before.incarnationId !== incarnationId && !hasEnded)
    return refusal(
      ErrorCode.DUPLICATE_BROKER_REGISTRATION,
      'Another broker is registered with that broker id. If the broker was recently restarted this should self-resolve ' +
        "once the heartbeat manager expires the broker's session.",
    )
  const unsupported = unsupportedFeature(image, registration.features)
  if (unsupported !== null) return refusal(ErrorCode.UNSUPPORTED_VERSION, unsupported)
  const isSame = before?.incarnationId === incarnationId
  const crashed = before !== undefined && !isSame && before.epoch !== previousBrokerEpoch
  const cleared = crashed ? partitionUpdates(image, { broker: brokerId, turn: 'crashed' }, rules) : []
  const brokerEpoch = isSame ? before.epoch : nextOffset + cleared.length
  const record: MetadataRecord = {
    type: 'RegisterBroker',
    brokerId,
    incarnationId,
    brokerEpoch,
    endPoints: registration.endpoints,
    features: [...registration.features].map(([name, { min, max }]) => ({
      name,
      minSupportedVersion: min,
      maxSupportedVersion: max,
    })),
    rack: registration.rack,
    fenced: isSame ? before.fenced : true,
    inControlledShutdown: isSame ? before.inControlledShutdown : false,
    logDirs: registration.logDirs,
  }
  return { records: [...cleared, record], response: { brokerEpoch } }
}

function unsupportedFeature(image: MetadataImage, features: ReadonlyMap<string, FeatureRange>): string | null {
  for (const [name, level] of image.features) {
    const { min, max } = features.get(name) ?? { min: 0, max: 0 }
    if (level < min || level > max)
      return (
        `Unable to register because the broker does not support finalized version ${level} of ${name}. The broker ` +
        `wants a version between ${min} and ${max}, inclusive.`
      )
  }
  return null
}

/** A broker that does not answer any more: it leaves every ISR, and others lead. */
export function fenceBroker(image: MetadataImage, brokerId: number, rules: Rules): MetadataRecord[] {
  const broker = image.brokers.get(brokerId)
  if (broker === undefined || broker.fenced) return []
  const updates = partitionUpdates(image, { broker: brokerId, turn: 'goes' }, rules)
  return [...updates, { type: 'BrokerRegistrationChange', brokerId, brokerEpoch: broker.epoch, fenced: 1 }]
}

/** A broker that has caught up: it serves from here on, and leads what nobody else can. */
export function unfenceBroker(image: MetadataImage, brokerId: number, rules: Rules): MetadataRecord[] {
  const broker = image.brokers.get(brokerId)
  if (broker === undefined || !broker.fenced) return []
  const updates = partitionUpdates(image, { broker: brokerId, turn: 'comes' }, rules)
  return [{ type: 'BrokerRegistrationChange', brokerId, brokerEpoch: broker.epoch, fenced: -1 }, ...updates]
}

/** A broker that is about to stop: it is fenced once others lead what it led. */
export function beginControlledShutdown(image: MetadataImage, brokerId: number, rules: Rules): MetadataRecord[] {
  const broker = image.brokers.get(brokerId)
  if (broker === undefined || broker.fenced || broker.inControlledShutdown) return []
  const updates = partitionUpdates(image, { broker: brokerId, turn: 'goes' }, rules)
  const change = { type: 'BrokerRegistrationChange', brokerId, brokerEpoch: broker.epoch } as const
  return [{ ...change, inControlledShutdown: 1 }, ...updates]
}

/** Takes a broker off the books for good. */
export function unregisterBroker(image: MetadataImage, brokerId: number, rules: Rules): MetadataRecord[] | Refusal {
  const broker = image.brokers.get(brokerId)
  if (broker === undefined)
    return refusal(ErrorCode.BROKER_ID_NOT_REGISTERED, `Broker ID ${brokerId} is not currently registered`)
  const updates = partitionUpdates(image, { broker: brokerId, turn: 'goes' }, rules)
  return [...updates, { type: 'UnregisterBroker', brokerId, brokerEpoch: broker.epoch }]
}
