/** The votes of one election, or of the asking before it. */
export class Votes {
  readonly #granted: Set<number>
  readonly #rejected = new Set<number>()

  /** Who stands votes for itself. */
  constructor(
    readonly voters: readonly number[],
    self: number,
  ) {
    this.#granted = new Set([self])
  }

  get granting(): number[] {
    return [...this.#granted].sort((a, b) => a - b)
  }

  record(voter: number, isGranted: boolean): void {
    if (!this.voters.includes(voter)) return
    const votes = isGranted ? this.#granted : this.#rejected
    const others = isGranted ? this.#rejected : this.#granted
    if (!others.has(voter)) votes.add(voter)
  }

  get isWon(): boolean {
    return this.#granted.size >= majorityOf(this.voters.length)
  }

  get isLost(): boolean {
    return this.voters.length - this.#rejected.size < majorityOf(this.voters.length)
  }
}

export function majorityOf(count: number): number {
  return Math.floor(count / 2) + 1
}
