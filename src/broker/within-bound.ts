import type { OwnTurns } from './turns.js'

/** What is told of many things that a client named may be more than all that the broker has memory for: no answer has more parts. */
const PARTS_MAX = 500_000

/** What is told of each item; null once that has more than so many parts altogether. */
export async function withinBound<Item, Told>(
  turns: OwnTurns,
  items: readonly Item[],
  tell: (item: Item) => Told,
  partsOf: (told: Told) => number,
): Promise<Told[] | null> {
  const all: Told[] = []
  let parts = 0
  for (const item of items) {
    if (turns.isSpent && all.length > 0) await turns.next()
    const told = tell(item)
    parts += partsOf(told)
    if (parts > PARTS_MAX) return null
    all.push(told)
  }
  return all
}
