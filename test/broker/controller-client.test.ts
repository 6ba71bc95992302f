import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import type { Controller } from '../../src/broker/controller.js'
import { ControllerClient } from '../../src/broker/controller-client.js'
import type { MetadataLog } from '../../src/broker/metadata-log.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'

const REGISTRATION = {
  ...{ brokerId: 1, incarnationId: 'AAAAAAAAAAAAAAAAAAAAAA', endpoints: [], features: new Map(), rack: null },
  ...{ logDirs: [], previousBrokerEpoch: -1 },
}

test('what a controller has not answered is asked of this node when that has become the controller meanwhile', async () => {
  const metadata = {
    ...{ isActive: false, leaderId: 0, quorum: { isClosed: false }, image: MetadataImage.empty },
    onController: () => () => {},
  }
  const controllers = {
    call: async () => {
      metadata.isActive = true
      throw new Error('the connection was closed')
    },
    close: () => {},
  }
  const controller = { fenceOwn: async () => {}, registerBroker: async () => ({ brokerEpoch: 7 }) }
  const client = new ControllerClient({
    ...{ nodeId: 1, clusterId: 'a', controllers, clock: systemClock },
    config: new BrokerConfig({ nodeId: 1, settings: new Map() }),
    metadata: metadata as unknown as MetadataLog,
    controller: controller as unknown as Controller,
  })
  expect(await client.register(REGISTRATION)).toEqual({ brokerEpoch: 7 })
})
