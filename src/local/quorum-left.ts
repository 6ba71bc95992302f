/** What decides whether a controller can be elected. */
export interface Reach {
  /** Ids of all who vote. */
  readonly voters: readonly number[]
  /** Of them, those that are up and not paused. */
  readonly up: ReadonlySet<number>
  /** Whether the network between two nodes is cut. */
  isCut(a: number, b: number): boolean
}

/** Whether some voter reaches so many others that together they are a majority. */
export function hasQuorum({ voters, up, isCut }: Reach): boolean {
  const alive = voters.filter((id) => up.has(id))
  return alive.some((id) => alive.filter((other) => other === id || !isCut(id, other)).length > voters.length / 2)
}
