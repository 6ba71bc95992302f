import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { systemRandom } from '../../src/base/random.js'
import { readClientConfig } from '../../src/client/client-config.js'
import { ClusterClient } from '../../src/client/cluster-client.js'
import { alterConfigs, describeConfigs, ResourceType } from '../../src/client/configs.js'
import { removeVoter } from '../../src/client/quorum.js'
import { listTopics } from '../../src/client/topics.js'
import { DescribeCluster } from '../../src/protocol/messages/describe-cluster.js'
import { DescribeConfigs } from '../../src/protocol/messages/describe-configs.js'
import { IncrementalAlterConfigs } from '../../src/protocol/messages/incremental-alter-configs.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { RemoveRaftVoter } from '../../src/protocol/messages/remove-raft-voter.js'
import { ScriptedBroker } from '../support/scripted-broker.js'

/** Two controllers, of which the second leads. */
let idle: ScriptedBroker
let active: ScriptedBroker
let client: ClusterClient
beforeEach(async () => {
  idle = await ScriptedBroker.start()
  active = await ScriptedBroker.start()
  const brokers = [idle, active].map(({ port }, brokerId) => ({ brokerId, host: '127.0.0.1', port, rack: null }))
  for (const each of [idle, active]) {
    each
      .on(DescribeCluster, () => ({ errorCode: 0, clusterId: 'c', controllerId: 1, brokers, endpointType: 2 }))
      .on(DescribeConfigs, ({ resources }) => ({
        results: resources.map(({ resourceType, resourceName }) => ({
          ...{ errorCode: 0, errorMessage: null, resourceType, resourceName, configs: [] },
        })),
      }))
      .on(IncrementalAlterConfigs, ({ resources }) => ({
        responses: resources.map(({ resourceType, resourceName }) => ({
          ...{ errorCode: 0, errorMessage: null, resourceType, resourceName },
        })),
      }))
  }
  client = await ClusterClient.open({
    config: readClientConfig(idle.address, new Map()),
    clock: systemClock,
    random: systemRandom,
    areControllers: true,
  })
})
afterEach(async () => {
  client.close()
  await idle.close()
  await active.close()
})

test('settings of a broker are asked of the controller that leads', async () => {
  expect(await describeConfigs(client, ResourceType.BROKER, ['7'])).toEqual(new Map([['7', []]]))
  await alterConfigs(client, ResourceType.TOPIC, 't', { set: new Map([['retention.ms', '1']]), remove: [] })
  expect([idle.timesAsked(DescribeConfigs), active.timesAsked(DescribeConfigs)]).toEqual([0, 1])
  expect([idle.timesAsked(IncrementalAlterConfigs), active.timesAsked(IncrementalAlterConfigs)]).toEqual([0, 1])
})

test('voters are changed by the controller that leads', async () => {
  for (const each of [idle, active]) each.on(RemoveRaftVoter, () => ({ errorCode: 0, errorMessage: null }))
  await removeVoter(client, { id: 2, directoryId: 'DDDDDDDDDDDDDDDDDDDDDA' })
  expect([idle.timesAsked(RemoveRaftVoter), active.timesAsked(RemoveRaftVoter)]).toEqual([0, 1])
})

test('what controllers do not answer is not asked', async () => {
  await expect(listTopics(client)).rejects.toThrow(
    'This Admin API is not yet supported when communicating directly with the controller quorum.',
  )
  expect([...idle.asked, ...active.asked]).toEqual([])
})

test('a broker in the place of a controller is refused', async () => {
  idle.on(Metadata, () => ({ brokers: [], clusterId: 'c', controllerId: 0, topics: [] }))
  await expect(describeConfigs(client, ResourceType.TOPIC, ['t'])).rejects.toThrow(
    'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER',
  )
})
