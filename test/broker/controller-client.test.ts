import { expect, test } from 'vitest'
import { type Clock, systemClock } from '../../src/base/clock.js'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import type { Controller } from '../../src/broker/controller.js'
import { ControllerClient } from '../../src/broker/controller-client.js'
import type { MetadataLog } from '../../src/broker/metadata-log.js'
import { NotController } from '../../src/broker/not-controller.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { ManualClock } from '../support/manual-clock.js'

const REGISTRATION = {
  ...{ brokerId: 1, incarnationId: 'AAAAAAAAAAAAAAAAAAAAAA', endpoints: [], features: new Map(), rack: null },
  ...{ logDirs: [], previousBrokerEpoch: -1 },
}

interface Standing {
  isActive: boolean
  leaderId: number | null
  readonly quorum: { isClosed: boolean }
}

/** Of node 1, which asks node 0; `happens` when it has been asked, and no answer comes. */
function clientThat(
  happens: (standing: Standing) => void,
  clock: Clock = systemClock,
  isActive = false,
): ControllerClient {
  const metadata: Standing & Record<string, unknown> = {
    ...{ isActive, leaderId: 0, quorum: { isClosed: false }, image: MetadataImage.empty },
    onController: () => () => {},
  }
  const controllers = {
    call: async () => {
      happens(metadata)
      throw new Error('the connection was closed')
    },
    close: () => {},
  }
  const controller = {
    fenceOwn: async () => {},
    registerBroker: async () => ({ brokerEpoch: 7 }),
    changeDirectories: async () => {
      throw new NotController()
    },
  }
  return new ControllerClient({
    ...{ nodeId: 1, clusterId: 'a', controllers, clock },
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

test('who asks for a client waits some seconds for a controller, and for itself as long as it takes', async () => {
  const clock = new ManualClock()
  const client = clientThat((standing) => {
    standing.leaderId = null
  }, clock)
  const topic = { name: 'orders', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  const request = { topics: [topic], timeoutMs: 0, validateOnly: false }
  const told: string[] = []
  const tell = (what: string, work: Promise<unknown>): Promise<void> =>
    work.then(
      (value) => void told.push(`${what}: ${JSON.stringify(value)}`),
      (error) => void told.push(`${what}: ${error}`),
    )
  void tell('registered', client.register(REGISTRATION))
  const asked = [
    tell('internal', client.createInternalTopic('__consumer_offsets')),
    tell('id', client.allocateProducerId()),
    tell(
      'created',
      client.createTopics(request, undefined, async () => Promise.reject(new NotController())).then((r) => r.topics),
    ),
  ]
  while (told.length < asked.length) {
    await new Promise(setImmediate)
    clock.advance(10)
  }
  expect(clock.monotonicMs()).toBeGreaterThanOrEqual(5000)
  expect(clock.monotonicMs()).toBeLessThan(6000)
  expect(told.sort()).toEqual([
    expect.stringContaining(`created: [{"name":"orders"`),
    expect.stringContaining('id: NotController'),
    `internal: ${ErrorCode.REQUEST_TIMED_OUT}`,
  ])
  expect(told[0]).toContain(`"errorCode":${ErrorCode.REQUEST_TIMED_OUT}`)
})

test('that this node is followed by another controller while it writes down its directories is no failure: heartbeats tell of them', async () => {
  const client = clientThat(() => {}, systemClock, true)
  await expect(client.changeDirectories({ online: [], cordoned: [] })).resolves.toBeUndefined()
})
