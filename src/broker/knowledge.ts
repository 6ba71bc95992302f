/** Something that a client understands, or may ask for, only from some version of an API on. */
export type Knowledge = keyof typeof KNOWN_SINCE

/**
 * API key → the first version whose senders know. A handler asks for the meaning, never for the number: this is the one
 * place where a version means more than the shape of the bytes.
 */
const KNOWN_SINCE = {
  /** Batches compressed with zstd may be produced (KIP-110); who fetches gets them in any version. */
  zstd: new Map([[0, 7]]),
  /** Topics are named by id, and not by name (KIP-516). */
  topicIds: new Map([
    [0, 13],
    [1, 13],
  ]),
  /** Consumers may read from a follower (KIP-392). */
  followerReads: new Map([[1, 11]]),
  /** Who leads instead is told with the error (KIP-951). */
  leaderHints: new Map([
    [0, 10],
    [1, 16],
  ]),
  /** The timestamp -3, the record with the largest timestamp (KIP-734). */
  maxTimestamp: new Map([[2, 7]]),
  /** The timestamps of tiered storage: -4, then -5, then -6 (KIP-405, KIP-1005, KIP-1023). */
  earliestLocal: new Map([[2, 8]]),
  latestTiered: new Map([[2, 9]]),
  earliestPendingUpload: new Map([[2, 11]]),
  /** A transaction that cannot go on, and may be aborted, is an error of its own (KIP-890). */
  abortableTransactions: new Map([
    [0, 11],
    [28, 4],
  ]),
  /** The broker enters partitions into transactions by itself, and each end of one brings a new epoch (KIP-890). */
  transactionVersion2: new Map([
    [0, 12],
    [24, 4],
    [26, 5],
    [28, 5],
  ]),
  /** One request is about the partitions of several transactions. */
  transactionBatches: new Map([[24, 4]]),
  /** Topics may be looked up by id in Metadata (KIP-516). */
  metadataTopicIds: new Map([[3, 12]]),
  /** Topics are named by id, and not by name, in offsets too. */
  offsetTopicIds: new Map([
    [8, 10],
    [9, 10],
  ]),
  /** The answer about a group's offsets has an error for the whole group. */
  offsetFetchError: new Map([[9, 2]]),
  /** One request asks about several groups, or for several coordinators (KIP-699, KIP-709). */
  offsetFetchBatches: new Map([[9, 8]]),
  coordinatorBatches: new Map([[10, 4]]),
  /** A first join is answered with the id to come back with (KIP-394). */
  memberIdRequired: new Map([[11, 4]]),
  /** A leader keeps the assignment that there is when it is told so (KIP-814). */
  skippedAssignment: new Map([[11, 9]]),
  /** Who asks for its assignment says what its group has agreed on (KIP-559). */
  agreedProtocol: new Map([[14, 5]]),
  /** A quota on changes is an error, and not a delay after the change (KIP-599). */
  mutationQuota: new Map([
    [19, 6],
    [20, 5],
    [37, 3],
  ]),
  /** Members that leave are named in a list (KIP-345). */
  leavingMembers: new Map([[13, 3]]),
  /** A group that is not there is an error when it is described, and no dead group (KIP-1043). */
  missingGroups: new Map([[15, 6]]),
  /** The request says which software asks (KIP-511). */
  ownSoftware: new Map([[18, 3]]),
  /** Resources of every type can be listed, and not only subscriptions to client metrics (KIP-1142). */
  configResourceTypes: new Map([[74, 1]]),
  /** Features whose lowest level is 0: older Java clients fail on them (KAFKA-17011). */
  levelZeroFeatures: new Map([[18, 4]]),
} as const satisfies Record<string, ReadonlyMap<number, number>>

export function isKnown(what: Knowledge, apiKey: number, version: number): boolean {
  const since = (KNOWN_SINCE[what] as ReadonlyMap<number, number>).get(apiKey)
  return since !== undefined && version >= since
}
