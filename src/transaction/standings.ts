import { PartitionSet, type TopicPartition } from './partition-set.js'
import { EPOCH_MAX, FENCING_EPOCH, NO_EPOCH, NO_PRODUCER_ID, type Standing } from './transaction.js'

/** Whether the producer cannot be given another epoch: the next one is kept for fencing it. */
export function isExhausted({ producerEpoch }: Pick<Standing, 'producerEpoch'>): boolean {
  return producerEpoch >= EPOCH_MAX
}

/** A producer begins anew: with these, and no transaction. */
export function initialized(
  before: Standing,
  producer: Pick<Standing, 'producerId' | 'producerEpoch' | 'lastProducerEpoch' | 'timeoutMs'>,
  now: number,
): Standing {
  return {
    ...after(before, now),
    ...producer,
    state: 'Empty',
    partitions: PartitionSet.EMPTY,
    startMs: -1,
  }
}

export function ongoing(
  before: Standing,
  added: readonly TopicPartition[],
  transactionVersion: number,
  now: number,
): Standing {
  return {
    ...after(before, now),
    state: 'Ongoing',
    partitions: before.partitions.with(added),
    startMs: before.state === 'Ongoing' ? before.startMs : now,
    transactionVersion,
  }
}

/** Decided, by the older protocol: the producer keeps its epoch. */
export function decided(before: Standing, isCommit: boolean, now: number): Standing {
  return {
    ...after(before, now),
    state: isCommit ? 'PrepareCommit' : 'PrepareAbort',
    nextProducerId: NO_PRODUCER_ID,
    transactionVersion: 0,
  }
}

/**
 * Decided, by KIP-890: markers carry the next epoch, so that nothing of this transaction can come after them.
 * @param nextProducerId for a producer whose epochs are exhausted, -1 otherwise
 */
export function decidedWithNextEpoch(
  before: Standing,
  isCommit: boolean,
  nextProducerId: bigint,
  now: number,
): Standing {
  return {
    ...after(before, now),
    state: isCommit ? 'PrepareCommit' : 'PrepareAbort',
    producerEpoch: Math.min(before.producerEpoch + 1, FENCING_EPOCH),
    lastProducerEpoch: before.producerEpoch,
    nextProducerId,
    // Who aborts what never began has a start all the same.
    startMs: before.state === 'Ongoing' ? before.startMs : now,
    transactionVersion: 2,
  }
}

/** All markers are written. The producer goes on with its next id, if it was to have one. */
export function completed(before: Standing, now: number): Standing {
  const isReplaced = before.transactionVersion >= 2 && before.nextProducerId !== NO_PRODUCER_ID
  return {
    ...after(before, now),
    state: before.state === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort',
    producerId: isReplaced ? before.nextProducerId : before.producerId,
    producerEpoch: isReplaced ? 0 : before.producerEpoch,
    nextProducerId: NO_PRODUCER_ID,
    partitions: PartitionSet.EMPTY,
  }
}

/** With the epoch of a producer that shall not be heard any more. */
export function fencedEpoch({ producerEpoch }: Standing): Pick<Standing, 'producerEpoch' | 'lastProducerEpoch'> {
  return { producerEpoch: Math.min(producerEpoch + 1, FENCING_EPOCH), lastProducerEpoch: NO_EPOCH }
}

function after(before: Standing, now: number): Standing {
  return { ...before, previousProducerId: before.producerId, lastUpdateMs: now }
}
