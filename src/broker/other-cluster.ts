import type { Log } from '../base/log.js'
import { ErrorCode } from '../protocol/errors.js'

/** Tells once of each node that it answers for another cluster: until somebody mends that, nothing comes of this node. */
export class OtherCluster {
  readonly #told = new Set<number>()

  constructor(
    readonly clusterId: string,
    readonly log: Log,
  ) {}

  answered(nodeId: number, errorCode: ErrorCode): void {
    if (errorCode !== ErrorCode.INCONSISTENT_CLUSTER_ID) this.#told.delete(nodeId)
    else if (!this.#told.has(nodeId)) {
      this.#told.add(nodeId)
      this.log.error(
        `Node ${nodeId} belongs to another cluster than this one, which is ${this.clusterId}: compare cluster.id in the ` +
          'meta.properties of their log directories, and give the node that is wrong its own directory, or an empty one',
      )
    }
  }
}
