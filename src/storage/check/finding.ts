/** What a check has found wrong. */
export interface Finding {
  /** The file, or the directory. */
  readonly path: string
  readonly what: string
  /** What comes of it, or what to do. */
  readonly nextStep: string
}

/** How much was looked at. */
export interface CheckTally {
  partitions: number
  segments: number
  batches: number
  bytes: number
}

export interface CheckReport extends Readonly<CheckTally> {
  readonly directories: readonly string[]
  readonly findings: readonly Finding[]
}
