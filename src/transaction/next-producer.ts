import { ErrorCode } from '../protocol/errors.js'
import { isExhausted } from './standings.js'
import { EPOCH_MAX, NO_EPOCH, NO_PRODUCER_ID, type Standing } from './transaction.js'

/** Any producer may take over an id that was never used. One with its former producer id can only be asking again. */
export function isOfProducer(
  standing: Standing,
  { producerId, producerEpoch }: Pick<Standing, 'producerId' | 'producerEpoch'>,
): boolean {
  if (producerId === NO_PRODUCER_ID || standing.producerEpoch === NO_EPOCH) return true
  if (producerId === standing.producerId) return true
  return producerId === standing.previousProducerId && producerEpoch >= EPOCH_MAX
}

export type Producer = Pick<Standing, 'producerId' | 'producerEpoch' | 'lastProducerEpoch'>

/**
 * The producer's id and epoch from now on, or why it gets none.
 * @param expectedEpoch which the producer believes to have; -1 if it starts
 * @param allocated a new id, which is needed once epochs have run out
 */
export function nextProducer(
  standing: Standing,
  expectedEpoch: number,
  allocated: bigint | null,
): Producer | ErrorCode | 'allocate' {
  const { producerId, producerEpoch, lastProducerEpoch } = standing
  const isExpected = expectedEpoch !== NO_EPOCH
  if (isExhausted(standing)) {
    // Kafka cannot tell a repeated request here, and says so in this way.
    if (isExpected && expectedEpoch !== producerEpoch) return ErrorCode.UNKNOWN_SERVER_ERROR
    if (allocated === null) return 'allocate'
    return { producerId: allocated, producerEpoch: 0, lastProducerEpoch: isExpected ? producerEpoch : NO_EPOCH }
  }
  const next = { producerId, producerEpoch: producerEpoch + 1 }
  if (!isExpected) return { ...next, lastProducerEpoch: NO_EPOCH }
  if (producerEpoch === NO_EPOCH || expectedEpoch === producerEpoch)
    return { ...next, lastProducerEpoch: producerEpoch }
  // Asked again, after the answer got lost: nobody else can have come between, or the last epoch would not be known.
  if (expectedEpoch === lastProducerEpoch) return { producerId, producerEpoch, lastProducerEpoch }
  return ErrorCode.PRODUCER_FENCED
}
