import { ErrorCode } from '../protocol/errors.js'
import type { BrokerHeartbeat } from '../protocol/messages/broker-heartbeat.js'
import type { ReadRequest } from '../protocol/schema.js'
import { beginControlledShutdown, fenceBroker, unfenceBroker } from './broker-lifecycle.js'
import type { ControllerSettings, Decision } from './decision.js'
import type { MetadataImage } from './metadata-image.js'

export type HeartbeatRequest = Pick<
  ReadRequest<typeof BrokerHeartbeat>,
  'brokerId' | 'brokerEpoch' | 'currentMetadataOffset' | 'wantFence' | 'wantShutDown'
>

export interface HeartbeatDecision {
  readonly errorCode: ErrorCode
  readonly isCaughtUp: boolean
  readonly isFenced: boolean
  readonly shouldShutDown: boolean
}

type Rules = Pick<ControllerSettings, 'minInsyncReplicas' | 'isUncleanElectionEnabled'>

/**
 * What a broker's heartbeat changes (KIP-631): who has caught up is unfenced; who wants to stop loses what it leads first, and
 * may go once all the others know of it, of which the last is at `leastOffset` of the metadata.
 */
export function decideHeartbeat(
  image: MetadataImage,
  request: HeartbeatRequest,
  leastOffset: number,
  rules: Rules,
): Decision<HeartbeatDecision> {
  const { brokerId, brokerEpoch, currentMetadataOffset, wantFence, wantShutDown } = request
  const broker = image.brokers.get(brokerId)
  if (broker === undefined) return refused(ErrorCode.BROKER_ID_NOT_REGISTERED)
  if (broker.epoch !== brokerEpoch) return refused(ErrorCode.STALE_BROKER_EPOCH)
  const isCaughtUp = currentMetadataOffset >= broker.epoch
  const decided = (records: Decision<unknown>['records'], isFenced: boolean, shouldShutDown = false) => ({
    records,
    response: { errorCode: ErrorCode.NONE, isCaughtUp, isFenced, shouldShutDown },
  })
  if (wantShutDown) {
    if (broker.fenced) return decided([], true, true)
    if (!broker.inControlledShutdown) return decided(beginControlledShutdown(image, brokerId, rules), false)
    const isOver = !leadsAnything(image, brokerId) && leastOffset >= lastChangeOf(image)
    return isOver ? decided(fenceBroker(image, brokerId, rules), true, true) : decided([], false)
  }
  if (wantFence) return decided(fenceBroker(image, brokerId, rules), true)
  if (broker.fenced && isCaughtUp) return decided(unfenceBroker(image, brokerId, rules), false)
  return decided([], broker.fenced)
}

function refused(errorCode: ErrorCode): Decision<HeartbeatDecision> {
  return { records: [], response: { errorCode, isCaughtUp: false, isFenced: true, shouldShutDown: false } }
}

/** Where nobody else can lead a partition, waiting would not help. */
function leadsAnything(image: MetadataImage, brokerId: number): boolean {
  for (const { partitions } of image.topics()) {
    for (const { leader, isr } of partitions) if (leader === brokerId && isr.length > 1) return true
  }
  return false
}

/** Heartbeats tell what is applied, which trails the newest record by a moment: what changed leaders is well before it. */
function lastChangeOf(image: MetadataImage): number {
  return image.offset
}
