import { systemClock } from '../../src/base/clock.js'
import { readClientConfig } from '../../src/client/client-config.js'
import { ClusterClient } from '../../src/client/cluster-client.js'
import { FindCoordinator } from '../../src/protocol/messages/find-coordinator.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { ScriptedBroker } from './scripted-broker.js'
import { seededRandom } from './seeded-random.js'

/** A client and the one broker of its cluster, which is its controller and the coordinator of every group. */
export class ScriptedCluster {
  private constructor(
    readonly broker: ScriptedBroker,
    readonly client: ClusterClient,
  ) {}

  static async start(): Promise<ScriptedCluster> {
    const broker = await ScriptedBroker.start()
    const node = { host: '127.0.0.1', port: broker.port }
    broker
      .on(Metadata, () => ({ brokers: [{ nodeId: 0, ...node }], controllerId: 0, topics: [] }))
      .on(FindCoordinator, ({ coordinatorKeys }) => ({
        coordinators: coordinatorKeys.map((key) => ({ key, nodeId: 0, ...node, errorCode: 0, errorMessage: null })),
      }))
    const config = readClientConfig(broker.address, new Map())
    const client = await ClusterClient.open({ config, clock: systemClock, random: seededRandom(1) })
    return new ScriptedCluster(broker, client)
  }

  async close(): Promise<void> {
    this.client.close()
    await this.broker.close()
  }
}
