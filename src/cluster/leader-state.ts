export const NO_LEADER = -1

/** Leader recovery states. A leader that was not in sync when it was elected is recovering until it says otherwise. */
export const RECOVERED = 0
export const RECOVERING = 1
