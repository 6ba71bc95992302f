import { sendMarkers } from './markers.js'
import { parseRecord } from './records.js'
import { isPrepared } from './states.js'
import { Transaction } from './transaction.js'
import type { Transactions, Turn } from './transactions.js'

export interface ReplayedRecord {
  readonly key: Buffer
  readonly value: Buffer | null
}

/**
 * Takes in one record of the log, in the log's order. The answer is the type of its key if that is not known here: such a
 * record is passed over.
 * @throws MalformedBytes
 */
export function replay(transactions: Transactions, { key, value }: ReplayedRecord): number | null {
  const parsed = parseRecord(key, value)
  if (parsed.type === 'unknown') return parsed.keyType
  const { transactionalId, standing } = parsed
  if (standing === null) transactions.remove(transactionalId)
  else transactions.put(new Transaction(transactionalId, standing))
  return null
}

/** The whole log has been taken in: what was decided is carried out, whoever decided it. */
export function loaded(turn: Turn): void {
  for (const transaction of turn.transactions) {
    if (isPrepared(transaction.standing.state)) sendMarkers(turn, transaction)
  }
}

/** Another broker leads the partition now. Who waits for the log is told so when it refuses, or takes what no longer counts. */
export function unload({ transactions, effects }: Turn): void {
  transactions.isOver = true
  for (const { id } of transactions) effects.cancelTimer({ kind: 'completion', transactionalId: id })
}
