/** What is set for one kind of quota. Names: null for everybody who has none of his own, undefined where none is looked at. */
export interface QuotaLimit {
  readonly user: string | null | undefined
  readonly clientId: string | null | undefined
  readonly limit: number
}

/** The limit for somebody, and with whom it is shared: everybody whose `meter` is the same. */
export interface AppliedQuota {
  readonly limit: number
  readonly meter: string
}

/** Limits by user and client id. The most specific one holds, users before client ids. */
export class QuotaTable {
  readonly #limits: ReadonlyMap<string, number>

  constructor(limits: Iterable<QuotaLimit>) {
    this.#limits = new Map([...limits].map(({ user, clientId, limit }) => [keyOf(user, clientId), limit]))
  }

  get isEmpty(): boolean {
    return this.#limits.size === 0
  }

  /** A client without an id, "", has a user's quotas only. Null where nothing is set. */
  find(user: string, clientId: string): AppliedQuota | null {
    const hasId = clientId !== ''
    return (
      (hasId ? this.#of(user, clientId, user, clientId) : null) ??
      (hasId ? this.#of(user, null, user, clientId) : null) ??
      this.#of(user, undefined, user, undefined) ??
      (hasId ? this.#of(null, clientId, user, clientId) : null) ??
      (hasId ? this.#of(null, null, user, clientId) : null) ??
      this.#of(null, undefined, user, undefined) ??
      (hasId ? this.#of(undefined, clientId, undefined, clientId) : null) ??
      (hasId ? this.#of(undefined, null, undefined, clientId) : null)
    )
  }

  #of(
    user: string | null | undefined,
    clientId: string | null | undefined,
    meteredUser: string | undefined,
    meteredId: string | undefined,
  ): AppliedQuota | null {
    const limit = this.#limits.get(keyOf(user, clientId))
    return limit === undefined ? null : { limit, meter: keyOf(meteredUser, meteredId) }
  }
}

function keyOf(user: string | null | undefined, clientId: string | null | undefined): string {
  return JSON.stringify([user === undefined ? [] : [user], clientId === undefined ? [] : [clientId]])
}
