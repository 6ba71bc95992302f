import { BufferPool } from '../net/buffer-pool.js'
import { TailCache } from '../storage/tail-cache.js'

/** What requests and records are held in. Brokers of one process have it in common: each would keep as much for itself otherwise. */
export class BrokerMemory {
  readonly buffers = new BufferPool()
  readonly tails = new TailCache(this.buffers)
}
