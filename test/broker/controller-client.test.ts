import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import type { Controller } from '../../src/broker/controller.js'
import { ControllerClient } from '../../src/broker/controller-client.js'
import type { MetadataLog } from '../../src/broker/metadata-log.js'
import { NotController } from '../../src/broker/not-controller.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'

const REGISTRATION = {
  ...{ brokerId: 1, incarnationId: 'AAAAAAAAAAAAAAAAAAAAAA', endpoints: [], features: new Map(), rack: null },
  ...{ logDirs: [], previousBrokerEpoch: -1 },
}

interface Standing {
  isActive: boolean
  readonly quorum: { isClosed: boolean }
}

/** Of node 1, which asks node 0; `happens` when it has been asked, and no answer comes. */
function clientThat(happens: (standing: Standing) => void): ControllerClient {
  const metadata = {
    ...{ isActive: false, leaderId: 0, quorum: { isClosed: false }, image: MetadataImage.empty },
    onController: () => () => {},
  }
  const controllers = {
    call: async () => {
      happens(metadata)
      throw new Error('the connection was closed')
    },
    close: () => {},
  }
  const controller = { fenceOwn: async () => {}, registerBroker: async () => ({ brokerEpoch: 7 }) }
  return new ControllerClient({
    ...{ nodeId: 1, clusterId: 'a', controllers, clock: systemClock },
    config: new BrokerConfig({ nodeId: 1, settings: new Map() }),
    metadata: metadata as unknown as MetadataLog,
    controller: controller as unknown as Controller,
  })
}

test('what a controller has not answered is asked of this node when that has become the controller meanwhile', async () => {
  const client = clientThat((standing) => {
    standing.isActive = true
  })
  expect(await client.register(REGISTRATION)).toEqual({ brokerEpoch: 7 })
})

test('what a controller has not answered when this node goes is for another node to ask', async () => {
  const client = clientThat(({ quorum }) => {
    quorum.isClosed = true
  })
  await expect(client.createInternalTopic('__transaction_state')).rejects.toThrow(NotController)
})
