import type { MetadataImage } from './metadata-image.js'
import type { MetadataRecord } from './records.js'

/** Producer ids that a broker gets at a time: what it does not use before it stops is lost. */
export const PRODUCER_ID_BLOCK = 1000n

/** A block of ids that nobody has had, from `first` to before `end`. */
export function nextProducerIds(
  image: MetadataImage,
  brokerId: number,
): { readonly record: MetadataRecord; readonly first: bigint; readonly end: bigint } {
  const first = image.nextProducerId
  const end = first + PRODUCER_ID_BLOCK
  const brokerEpoch = image.brokers.get(brokerId)?.epoch ?? -1
  return { record: { type: 'ProducerIds', brokerId, brokerEpoch, nextProducerId: end }, first, end }
}
