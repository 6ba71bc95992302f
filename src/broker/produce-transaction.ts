import { ErrorCode, errorName } from '../protocol/errors.js'
import { RecordBatch } from '../records/batch.js'
import type { RequestContext } from './handler.js'
import type { ProduceEntry, ProduceFailure } from './produce-entry.js'
import { askForAdmission } from './transaction-admission.js'
import type { TransactionGuard } from './transaction-guards.js'

/** What the coordinator cannot say now: told as an error after which old producers just try again. */
const RETRIED: ReadonlySet<ErrorCode> = new Set([
  ErrorCode.CONCURRENT_TRANSACTIONS,
  ErrorCode.NETWORK_EXCEPTION,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
])

/** A batch that begins a transaction on its partition, if its coordinator agrees. */
interface Beginning {
  readonly entry: ProduceEntry
  readonly batch: RecordBatch
  readonly guard: TransactionGuard
}

/**
 * Sees to it that the coordinator knows of every transaction that begins on a partition with this request (KIP-890). Null where
 * none begins: then nothing has to be waited for. Later requests of the connection wait as well, so that they stay in order.
 */
export function admitTransactions(
  entries: readonly ProduceEntry[],
  transactionalId: string,
  context: RequestContext,
): Promise<void> | null {
  const isVersion2 = context.clientKnows('transactionVersion2')
  if (!isVersion2 && !mustVerify(context)) return null
  const beginnings = begin(entries, context)
  if (beginnings.length === 0) return null
  const letGo = context.holdBack()
  return admit(beginnings, transactionalId, context).finally(letGo)
}

/** Why a transactional batch may not be appended now. */
export function refusesTransaction(entry: ProduceEntry, context: RequestContext): ErrorCode {
  const { guards } = entry.partition!
  return guards.refuse(new RecordBatch(entry.records!), entry.guard, mustVerify(context))
}

function mustVerify({ broker }: RequestContext): boolean {
  return broker.config.boolean('transaction.partition.verification.enable')
}

function begin(entries: readonly ProduceEntry[], context: RequestContext): Beginning[] {
  const isVersion2 = context.clientKnows('transactionVersion2')
  const beginnings: Beginning[] = []
  for (const entry of entries) {
    if (!entry.isTransactional || entry.failure !== null || !entry.partition!.isLeader) continue
    const batch = new RecordBatch(entry.records!)
    const guard = entry.partition!.guards.begin(batch, isVersion2, context.broker.clock.now())
    if (typeof guard === 'number') entry.failure = { error: guard }
    else if (guard !== null) beginnings.push({ entry, batch, guard })
  }
  return beginnings
}

async function admit(beginnings: readonly Beginning[], id: string, context: RequestContext): Promise<void> {
  const errors = await ask(beginnings, id, context)
  beginnings.forEach(({ entry, guard }, i) => {
    const error = errors[i]!
    if (error === ErrorCode.NONE) entry.guard = guard
    else entry.failure = failureOf(error, context)
  })
}

/** Producers that do not add partitions themselves may be too quick for the end of their last transaction. */
async function ask(beginnings: readonly Beginning[], id: string, context: RequestContext): Promise<ErrorCode[]> {
  const { broker } = context
  const { clock, config } = broker
  const { producerId, producerEpoch } = beginnings[0]!.batch
  const partitions = beginnings.map(({ entry }) => ({ topic: entry.partition!.topic, partition: entry.index }))
  const isAdding = context.clientKnows('transactionVersion2')
  const backoffMs = config.int('add.partitions.to.txn.retry.backoff.ms')
  const untilMs = clock.monotonicMs() + config.int('add.partitions.to.txn.retry.backoff.max.ms')
  for (;;) {
    const errors = await askForAdmission(broker, {
      transactionalId: id,
      producerId,
      producerEpoch,
      partitions,
      isAdding,
    })
    const isTooEarly = isAdding && errors.includes(ErrorCode.CONCURRENT_TRANSACTIONS)
    if (!isTooEarly || clock.monotonicMs() >= untilMs) return errors
    await new Promise<void>((resolve) => clock.after(backoffMs, resolve))
  }
}

function failureOf(error: ErrorCode, context: RequestContext): ProduceFailure {
  const isLeftToClient = error === ErrorCode.CONCURRENT_TRANSACTIONS && context.clientKnows('transactionVersion2')
  if (RETRIED.has(error) && !isLeftToClient) {
    const message = `Unable to verify the partition has been added to the transaction. Underlying error: ${errorName(error)}`
    return { error: ErrorCode.NOT_ENOUGH_REPLICAS, message }
  }
  const isOld = error === ErrorCode.TRANSACTION_ABORTABLE && !context.clientKnows('abortableTransactions')
  if (isOld || error === ErrorCode.INVALID_TXN_STATE) {
    return { error: ErrorCode.INVALID_TXN_STATE, message: 'Partition was not added to the transaction' }
  }
  return { error }
}
