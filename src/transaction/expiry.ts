import { tombstone } from './records.js'
import type { Transaction } from './transaction.js'
import type { Transactions, Turn } from './transactions.js'

/** So that none of them waits for too much, and one that fails does not hold up the others. */
const IDS_PER_WRITE = 1000

/** Forgets ids that nobody has used for long, unless a transaction of theirs is open. */
export function expireIds(turn: Turn): void {
  const { transactions, now, effects } = turn
  const expired = [...transactions].filter((transaction) => isExpired(transactions, transaction, now))
  for (let start = 0; start < expired.length; start += IDS_PER_WRITE) {
    const together = expired.slice(start, start + IDS_PER_WRITE)
    for (const transaction of together) transaction.begin('Dead')
    effects.write({
      records: together.map(({ id }) => tombstone(id)),
      isDivisible: true,
      apply: () => {
        for (const transaction of together)
          if (transactions.find(transaction.id) === transaction) transactions.remove(transaction.id)
      },
      drop: () => {
        for (const transaction of together) transaction.cancel()
      },
    })
  }
}

function isExpired({ config }: Transactions, { standing, isBusy }: Transaction, now: number): boolean {
  return !isBusy && standing.state !== 'Ongoing' && standing.lastUpdateMs <= now - config.idExpirationMs
}
