import { systemClock } from '../../src/base/clock.js'
import { Peer } from '../../src/net/peer.js'
import { FindCoordinator } from '../../src/protocol/messages/find-coordinator.js'
import { Heartbeat } from '../../src/protocol/messages/heartbeat.js'
import { InitProducerId } from '../../src/protocol/messages/init-producer-id.js'
import { ListOffsets } from '../../src/protocol/messages/list-offsets.js'
import type { MeasuredBroker } from './brokers.js'

/** The coordinator loads, or its topic is being created. */
const NOT_YET = [14, 15, 16]
const AGAIN_MS = 20

/** One connection that asks as a client does, with nothing of a client's own. */
export function asking({ port }: MeasuredBroker): Promise<Peer> {
  return Peer.connect({ host: '127.0.0.1', port, clientId: 'bench', clock: systemClock, connectTimeoutMs: 10_000 })
}

/** Seconds. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

/** Apache Kafka may tell that partitions have a leader before it leads them. */
export async function untilLed(broker: MeasuredBroker, topic: string, count: number): Promise<void> {
  const peer = await asking(broker)
  const partitions = Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1 }))
  const request = { replicaId: -1, isolationLevel: 0, topics: [{ name: topic, partitions }] }
  for (;;) {
    const { topics } = await peer.call(ListOffsets, 6, request)
    if (topics[0]!.partitions.every(({ errorCode }) => errorCode === 0)) break
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
  }
  peer.close()
}

/** Has the broker make the topic that it keeps groups or transactions in, and waits until one of them can be asked for. */
export async function untilCoordinated(peer: Peer, what: 'group' | 'transaction', key: string): Promise<void> {
  for (;;) {
    const { errorCode } = await peer.call(FindCoordinator, 3, { key, keyType: what === 'group' ? 0 : 1 })
    if (errorCode === 0 && !NOT_YET.includes(await firstError(peer, what, key))) return
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
  }
}

async function firstError(peer: Peer, what: 'group' | 'transaction', key: string): Promise<number> {
  if (what === 'group')
    return (await peer.call(Heartbeat, 3, { groupId: key, generationId: 0, memberId: 'none' })).errorCode
  return (await peer.call(InitProducerId, 2, { transactionalId: key, transactionTimeoutMs: 10_000 })).errorCode
}
