import { ErrorCode } from '../../protocol/errors.js'
import { ClientError, KafkaError } from '../kafka-error.js'
import type { ProducerBatch } from './batch.js'

/** The answer for one batch. */
export interface PartitionAnswer {
  readonly errorCode: ErrorCode
  /** Of its first record; -1 if that is not known. */
  readonly baseOffset: number
  readonly errorMessage: string | null
  readonly recordErrors: readonly { readonly batchIndex: number; readonly batchIndexErrorMessage: string | null }[]
}

/** Why each record of the batch failed: the broker may have named those that it refused. */
export function errorsByRecord(batch: ProducerBatch, answer: PartitionAnswer): Error[] {
  const whole = new KafkaError(answer.errorCode, answer.errorMessage)
  if (answer.recordErrors.length === 0) return batch.records.map(() => whole)
  const named = new Map(answer.recordErrors.map((error) => [error.batchIndex, error.batchIndexErrorMessage]))
  const others = new ClientError(
    'Failed to append record because it was part of a batch which had one more more invalid records',
  )
  return batch.records.map((_, index) =>
    named.has(index) ? new KafkaError(answer.errorCode, named.get(index) ?? answer.errorMessage) : others,
  )
}

export function expired(batch: ProducerBatch, topic: string, ageMs: number): KafkaError {
  const what = `Expiring ${batch.count} record(s) for ${topic}-${batch.partition}:${Math.floor(ageMs)} ms has passed since batch creation.`
  const why = 'The request has not been sent, or no server response has been received yet.'
  return new KafkaError(ErrorCode.REQUEST_TIMED_OUT, `${what} ${why}`)
}
