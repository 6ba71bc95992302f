/** Less alike than this is not alike. */
const COST_MAX = 7
const INSERTION = 1
const REPLACEMENT = 2
const DELETION = 4

/**
 * Those of `candidates` that `word` may have been meant to be, the most alike only: letters that change places cost nothing,
 * missing ones little, wrong and surplus ones more. Kafka's tools with sub-commands suggest by this measure.
 */
export function similarWords(
  word: string,
  candidates: readonly { readonly shown: string; readonly body: string }[],
): string[] {
  const costs = candidates.map(({ shown, body }) => ({ shown, cost: body.startsWith(word) ? 0 : cost(word, body) }))
  const least = Math.min(...costs.map(({ cost }) => cost))
  if (least >= COST_MAX) return []
  return costs
    .filter(({ cost }) => cost === least)
    .map(({ shown }) => shown)
    .sort()
}

function cost(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, j) => j * INSERTION)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1]
      let best = last[j - 1]! + (isSame ? 0 : REPLACEMENT)
      const isSwapped = i > 1 && j > 1 && !isSame && from[i - 2] === to[j - 1] && from[i - 1] === to[j - 2]
      if (isSwapped) best = Math.min(best, beforeLast[j - 2]!)
      row.push(Math.min(best, last[j]! + DELETION, row[j - 1]! + INSERTION))
    }
    beforeLast = last
    last = row
  }
  return last[to.length]!
}
