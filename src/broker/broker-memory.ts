import { BufferPool } from '../net/buffer-pool.js'
import { ConnectionRoom } from '../net/connection-room.js'
import { TailCache } from '../storage/tail-cache.js'

/** What one process may have open at once: files of logs, and connections. */
export interface DescriptorShares {
  /** For each broker of the process. */
  readonly filesMax: number
  readonly connectionsMax: number
}

/**
 * What requests and records are held in, and who may be connected. Brokers of one process have it in common: each would keep as much
 * for itself otherwise.
 */
export class BrokerMemory {
  readonly buffers = new BufferPool()
  readonly tails = new TailCache(this.buffers)
  readonly connections: ConnectionRoom
  /** Files of logs that one broker has open; as many as it likes where undefined. */
  readonly filesMax: number | undefined

  constructor(shares?: DescriptorShares) {
    this.connections = new ConnectionRoom(shares?.connectionsMax)
    this.filesMax = shares?.filesMax
  }
}
