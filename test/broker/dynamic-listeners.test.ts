import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { type Log, silentLog } from '../../src/base/log.js'
import { systemRandom } from '../../src/base/random.js'
import { BrokerConfig } from '../../src/broker/broker-config.js'
import { refuseListeners } from '../../src/broker/dynamic-listeners.js'
import { type Daemon, startDaemon } from '../../src/daemon.js'
import { anyFreePort } from '../../src/net/free-port.js'
import { Peer } from '../../src/net/peer.js'
import { IncrementalAlterConfigs } from '../../src/protocol/messages/incremental-alter-configs.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'

const MAP = 'listener.security.protocol.map'
const STARTED = {
  'process.roles': 'broker,controller',
  'controller.listener.names': 'CONTROLLER',
  'controller.quorum.voters': '0@h:2',
  listeners: 'PLAINTEXT://h:1,CONTROLLER://h:2',
}
const PLAIN = 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,EXTRA:PLAINTEXT'

function refused(set: Record<string, string>, started: Record<string, string> = {}): string | null {
  const config = new BrokerConfig({ nodeId: 0, settings: new Map(Object.entries({ ...STARTED, ...started })) })
  return refuseListeners(new Map(Object.entries(set)), config)?.errorMessage ?? null
}

const invalid = (reason: string) =>
  `Invalid value org.apache.kafka.common.config.ConfigException: ${reason} for configuration Invalid dynamic configuration`
const broken = (listeners: string, reason: string) => `Error creating broker listeners from '[${listeners}]': ${reason}`

describe('what a running broker would listen on', () => {
  const both = 'PLAINTEXT://h:1, CONTROLLER://h:2'

  test('may have one more listener, another port for one that is there, and what was so before', () => {
    expect(refused({ listeners: `${STARTED.listeners},EXTRA://h:3`, [MAP]: PLAIN })).toBeNull()
    expect(refused({ listeners: 'PLAINTEXT://h:5,CONTROLLER://h:2' })).toBeNull()
    expect(refused({ 'log.retention.ms': '1' })).toBeNull()
  })

  test('may lose a listener that nobody is told of', () => {
    const started = { listeners: `${STARTED.listeners},EXTRA://h:3`, [MAP]: PLAIN }
    const advertised = { 'advertised.listeners': 'PLAINTEXT://h:1' }
    expect(refused({ listeners: STARTED.listeners }, { ...started, ...advertised })).toBeNull()
    expect(refused({ listeners: STARTED.listeners }, started)).toBe(
      invalid(
        "Advertised listeners 'Set(ListenerName(PLAINTEXT), ListenerName(EXTRA))' must be a subset of listeners " +
          "'Set(ListenerName(PLAINTEXT), ListenerName(CONTROLLER))'",
      ),
    )
  })

  // Recorded from Apache Kafka 4.3.1.
  test.each([
    ['nonsense', broken('nonsense', 'Unable to parse nonsense to a broker endpoint')],
    [
      `${STARTED.listeners},EXTRA://h:3`,
      broken(`${both}, EXTRA://h:3`, 'No security protocol defined for listener EXTRA'),
    ],
    [
      `${STARTED.listeners},PLAINTEXT://h:3`,
      broken(
        `${both}, PLAINTEXT://h:3`,
        `Each listener must have a different name, listeners: [${both}, PLAINTEXT://h:3]`,
      ),
    ],
    [
      'PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:1',
      broken(
        'PLAINTEXT://127.0.0.1:1, CONTROLLER://127.0.0.1:1',
        'If you have two listeners on the same port then one needs to be IPv4 and the other IPv6, listeners: ' +
          '[PLAINTEXT://127.0.0.1:1, CONTROLLER://127.0.0.1:1], port: 1',
      ),
    ],
    [
      'PLAINTEXT://h:1',
      "requirement failed: controller.listener.names must contain at least one value appearing in the 'listeners' configuration when running the KRaft controller role",
    ],
    [
      'SSL://h:1,CONTROLLER://h:2',
      'requirement failed: inter.broker.listener.name must be a listener name defined in advertised.listeners. The valid options based on currently configured listeners are SSL',
    ],
  ])('is refused as %s', (listeners, text) => {
    expect(refused({ listeners })).toBe(text)
  })

  test('keeps what is advertised, and the protocol of each listener', () => {
    expect(
      refused(
        { listeners: 'CONTROLLER://h:2,EXTRA://h:3', [MAP]: PLAIN },
        { 'advertised.listeners': 'PLAINTEXT://h:1' },
      ),
    ).toBe(
      'requirement failed: advertised.listeners listener names must be equal to or a subset of the ones defined in listeners. ' +
        'Found PLAINTEXT. The valid options based on the current configuration are CONTROLLER,EXTRA',
    )
    expect(refused({ [MAP]: 'PLAINTEXT:SSL,CONTROLLER:PLAINTEXT' })).toBe(
      invalid('Security protocol cannot be updated for existing listener ListenerName(PLAINTEXT)'),
    )
  })
})

describe('a running broker', () => {
  let daemon: Daemon | null = null
  let directory = ''
  const lines: string[] = []
  const peers: Peer[] = []
  afterEach(async () => {
    for (const peer of peers.splice(0)) peer.close()
    await daemon?.kill()
    daemon = null
    rmSync(directory, { recursive: true, force: true })
  })

  async function start(): Promise<void> {
    directory = mkdtempSync(join(tmpdir(), 'klog-listeners-'))
    lines.length = 0
    const keep = (line: string): void => void lines.push(line)
    const log: Log = { ...silentLog, info: keep, warn: keep, error: keep, named: () => log }
    const listeners = 'PLAINTEXT://127.0.0.1:0'
    const settings = new Map([
      ['listeners', listeners],
      ['advertised.listeners', 'PLAINTEXT://127.0.0.1:0'],
      ['log.dirs', directory],
    ])
    daemon = await startDaemon({ settings, clusterId: null, clock: systemClock, random: systemRandom, log })
  }

  async function connect(port: number): Promise<Peer> {
    const peer = await Peer.connect({
      ...{ host: '127.0.0.1', port, clientId: 'test', clock: systemClock, connectTimeoutMs: 5000 },
    })
    peers.push(peer)
    return peer
  }

  async function set(extra: readonly (readonly [name: string, port: number])[]): Promise<void> {
    const peer = await connect(daemon!.port)
    const listeners = ['PLAINTEXT://127.0.0.1:0', ...extra.map(([name, port]) => `${name}://127.0.0.1:${port}`)]
    const map = ['PLAINTEXT', ...extra.map(([name]) => name)].map((name) => `${name}:PLAINTEXT`)
    const configs = [
      { name: 'listeners', configOperation: 0, value: listeners.join(',') },
      { name: MAP, configOperation: 0, value: map.join(',') },
    ]
    const resources = [{ resourceType: 4, resourceName: '0', configs }]
    const { responses } = await peer.call(IncrementalAlterConfigs, 1, { resources, validateOnly: false })
    expect(responses[0]).toMatchObject({ errorCode: 0, errorMessage: null })
  }

  const brokersOf = async (peer: Peer) => {
    const asked = { topics: [], allowAutoTopicCreation: false, includeTopicAuthorizedOperations: false }
    return (await peer.call(Metadata, 9, asked)).brokers.map(({ port }) => port)
  }
  const said = async (what: RegExp) => {
    while (!lines.some((line) => what.test(line))) await new Promise((resolve) => setImmediate(resolve))
  }

  test('serves a new listener at once, and tells nobody of it, and ends its connections when it goes', async () => {
    await start()
    const port = await anyFreePort()
    await set([['EXTRA', port]])
    await said(/Listening on 127\.0\.0\.1:\d+, listener EXTRA/)
    const peer = await connect(port)
    expect(await brokersOf(peer)).toEqual([])
    expect(await brokersOf(await connect(daemon!.port))).toEqual([daemon!.port])
    await set([])
    await peer.closed
    await expect(connect(port)).rejects.toThrow()
  })

  test('goes on where a port is in use, and opens what was asked for again after a restart', async () => {
    await start()
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    await set([['BUSY', port]])
    await said(/The listener BUSY is not there: Port \d+ is in use/)
    expect(await brokersOf(await connect(daemon!.port))).toEqual([daemon!.port])
    await new Promise((resolve) => taken.close(resolve))
    await daemon!.close()
    const log: Log = { ...silentLog, info: (line) => void lines.push(line), named: () => log }
    daemon = await startDaemon({
      settings: new Map([
        ['listeners', 'PLAINTEXT://127.0.0.1:0'],
        ['log.dirs', directory],
      ]),
      ...{ clusterId: null, clock: systemClock, random: systemRandom, log },
    })
    await said(/listener BUSY/)
    await connect(port)
  })
})
