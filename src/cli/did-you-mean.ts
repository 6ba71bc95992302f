const SHOWN_MAX = 3
/** One mistake in so many letters is a slip. */
const LETTERS_PER_SLIP = 3

/** Those of `candidates` that `word` was probably meant to be, the likeliest only; none where nothing is near. */
export function nearest(word: string, candidates: Iterable<string>): string[] {
  // Whoever gives the number of a broker has not mistyped another one.
  if (/^-?\d+$/.test(word)) return []
  const wanted = word.toLowerCase()
  const allowed = Math.max(1, Math.floor(wanted.length / LETTERS_PER_SLIP))
  const near = [...new Set(candidates)]
    .filter((candidate) => candidate !== word)
    .map((candidate) => ({ candidate, slips: slipsTo(wanted, candidate.toLowerCase()) }))
    .filter(({ slips }) => slips <= allowed)
  const least = Math.min(...near.map(({ slips }) => slips))
  return near
    .filter(({ slips }) => slips === least)
    .map(({ candidate }) => candidate)
    .sort()
    .slice(0, SHOWN_MAX)
}

/** `did you mean a, or b?`; null where nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>, prefix = ''): string | null {
  const found = nearest(word, candidates).map((candidate) => prefix + candidate)
  return found.length === 0 ? null : `did you mean ${found.join(', or ')}?`
}

/** A word that was not typed to its end counts as one slip. */
function slipsTo(word: string, candidate: string): number {
  return word.length >= LETTERS_PER_SLIP && candidate.startsWith(word) ? 1 : distance(word, candidate)
}

/** Letters put in, left out, replaced, or swapped with their neighbour. */
function distance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, j) => j)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      let best = last[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        best = Math.min(best, beforeLast[j - 2]! + 1)
      }
      row.push(Math.min(best, last[j]! + 1, row[j - 1]! + 1))
    }
    beforeLast = last
    last = row
  }
  return last[to.length]!
}
