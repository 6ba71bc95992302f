import type { Clock } from './base/clock.js'
import type { Log } from './base/log.js'
import type { Random } from './base/random.js'
import { UserError } from './base/user-error.js'
import { VirtualClock } from './base/virtual-clock.js'
import { BrokerConfig } from './broker/broker-config.js'
import { BrokerMemory } from './broker/broker-memory.js'
import { BrokerNode } from './broker/broker-node.js'
import { controllerListenerSettings, type ListenerSettings, listenerSettings } from './broker/listener-settings.js'
import { NodeFaults } from './broker/node-faults.js'
import { rolesOf } from './broker/node-roles.js'
import type { Uuid } from './bytes/uuid.js'
import type { EndpointImage } from './cluster/image.js'
import type { Controlled, NodeFaultSettings } from './control/controlled.js'
import { descriptorShares } from './descriptors.js'
import { Listeners, plaintextOnly } from './listeners.js'
import { RequestMemory } from './net/request-memory.js'
import { systemDisk } from './storage/disk.js'

/** Where Kafka's defaults would only slow a single machine down … */
const ON_ONE_MACHINE: ReadonlyMap<string, string> = new Map([
  ['process.roles', 'broker,controller'],
  ['group.initial.rebalance.delay.ms', '0'],
])
/** … or ask for brokers that are not there. */
const ALONE: ReadonlyMap<string, string> = new Map([
  ...ON_ONE_MACHINE,
  ['offsets.topic.replication.factor', '1'],
  ['transaction.state.log.replication.factor', '1'],
  ['transaction.state.log.min.isr', '1'],
  ['share.coordinator.state.topic.replication.factor', '1'],
  ['share.coordinator.state.topic.min.isr', '1'],
])
const SECURITY_PROTOCOL_PLAINTEXT = 0
/** What other controllers are told where a listener is on every address: as `klog storage format` writes it. */
const LOCAL = 'localhost'

export interface DaemonOptions {
  /** Broker settings by Kafka's names. */
  readonly settings: ReadonlyMap<string, string>
  /** For directories that are formatted now; drawn where null. */
  readonly clusterId: Uuid | null
  readonly clock: Clock
  /** Whether the broker lives by a clock that can be moved ahead. Its connections do not: they are real. */
  readonly hasVirtualTime?: boolean
  /** One that several brokers have in common: they still notice in real time who is there. */
  readonly sharedTime?: VirtualClock | null
  readonly random: Random
  readonly log: Log
  /** Its own where left out. */
  readonly memory?: BrokerMemory
  /** Whether it notices at once that another node's process is gone, by its connections; only by its silence if left out. */
  readonly noticesHangUps?: boolean
  /** What is wrong with it on purpose from the beginning. */
  readonly faults?: NodeFaultSettings
  /** Ends a start that waits for other nodes, as a power cut would; it fails then. */
  readonly givenUp?: AbortSignal
  /** Called when the broker cannot go on, because the disk under its metadata has failed. */
  readonly onFailure?: (error: Error) => void
}

/** A broker that serves. */
export interface Daemon {
  /** What clients are told of the first listener. */
  readonly host: string
  readonly port: number
  readonly nodeId: number
  readonly clusterId: Uuid
  readonly dataDirectories: readonly string[]
  /** What can be asked of it beside Kafka's protocol. */
  readonly controlled: Controlled
  /** Stops in order: others lead what it led, unless they go too. */
  close(how?: { readonly handsOver: boolean }): Promise<void>
  /** Stops as a power cut would. */
  kill(): Promise<void>
}

/**
 * Builds a broker from its settings and returns when it serves. What it had opened is closed again when that fails.
 * @throws UserError for settings, ports and directories that cannot be used
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const opened: (() => unknown)[] = []
  try {
    return await build(options, (undo) => opened.push(undo))
  } catch (error) {
    for (const undo of opened.reverse()) await undo()
    throw error
  }
}

async function build(options: DaemonOptions, onFailure: (undo: () => unknown) => void): Promise<Daemon> {
  const { random, log, settings, clusterId } = options
  const { sharedTime = null } = options
  const time = sharedTime ?? (options.hasVirtualTime === true ? new VirtualClock(options.clock) : null)
  const clock = time ?? options.clock
  const nodeId = nodeIdOf(settings)
  const isAlone = isOnlyNode(settings, nodeId)
  const config = new BrokerConfig({ nodeId, settings, defaults: isAlone ? ALONE : ON_ONE_MACHINE })
  const roles = rolesOf(config)
  for (const name of settings.keys()) {
    if (!BrokerConfig.isKnown(name)) log.warn(`The setting ${name} is not known to Kafka and has no effect`)
  }
  const clients = roles.isBroker ? plaintextOnly(listenerSettings((name) => config.text(name))) : []
  const controllers = plaintextOnly(controllerListenerSettings((name) => config.text(name)))
  const listening = [...clients, ...controllers]

  const faults = new NodeFaults()
  if (options.faults !== undefined) faults.set(options.faults)
  const { noticesHangUps = false, memory = new BrokerMemory(descriptorShares()) } = options
  const node = await BrokerNode.open({
    ...{ nodeId, config, clusterId, disk: systemDisk, clock, random, log, faults, noticesHangUps, memory },
    ...(sharedTime !== null && { realClock: options.clock }),
  })
  onFailure(() => (node.broker === null || isAlone ? node.giveUp() : node.abandon()))
  if (options.onFailure !== undefined) node.onFailure(options.onFailure)

  const requestBytesMax = config.long('queued.max.request.bytes')
  const requestMemory = new RequestMemory(requestBytesMax > 0 ? requestBytesMax : Number.POSITIVE_INFINITY)
  faults.changes.listen(() => requestMemory.hold(faults.now.isPaused))
  const listeners = new Listeners({
    ...{ config, clock: options.clock, brokerClock: clock, log: log.named('klog.net') },
    memory: requestBytesMax > 0 || !isAlone ? requestMemory : null,
    ...{ buffers: memory.buffers, connections: memory.connections },
  })
  onFailure(() => listeners.close())
  await listeners.open(listening)

  node.prepare(
    roles.isController
      ? controllers.map((settings) => endpointOf(settings, listeners.portOf(settings.name), LOCAL))
      : [],
  )
  node.broker!.metadata.subscribe((image) => listeners.followQuotas(image))
  // Others need this node's vote before there is a controller that could take its broker in.
  for (const settings of controllers) listeners.serve(settings, node.servesController(settings.name))
  if (roles.isBroker) {
    const endpoints = clients.map((settings) => endpointOf(settings, listeners.portOf(settings.name)))
    await unlessGivenUp(node.start(endpoints), options.givenUp)
    for (const settings of clients) listeners.serve(settings, node.serves(settings.name))
    listeners.follow(clients, (name) => node.serves(name))
  }

  const first = listeners.portOf(listening[0]!.name)
  let goesWithAll = false
  return {
    host: listening[0]!.advertised?.host ?? listening[0]!.host ?? 'localhost',
    port: listening[0]!.advertised?.port || first,
    nodeId,
    clusterId: node.clusterId,
    dataDirectories: node.dataDirectories,
    controlled: {
      ...{ time, housekeeping: node.housekeeping, directories: node.directories, snapshots: null, cluster: null },
      node: {
        nodeId,
        quorum: () => ({ leaderId: node.quorum.leaderId, epoch: node.quorum.epoch }),
        setFaults: (settings) => faults.set(settings),
        goWithAll: () => {
          goesWithAll = true
        },
      },
      logs: () => node.logs(),
    },
    close: async ({ handsOver } = { handsOver: !goesWithAll }) => {
      await listeners.stopAccepting()
      await node.retire(handsOver)
      await listeners.close()
      await node.close()
    },
    kill: async () => {
      const gone = listeners.close()
      node.abandon()
      await gone
    },
  }
}

/** Whether this node is the whole metadata quorum, and with it the whole cluster as far as it can know. */
function isOnlyNode(settings: ReadonlyMap<string, string>, nodeId: number): boolean {
  const voters = (settings.get('controller.quorum.voters') ?? '').split(',').filter((voter) => voter.trim() !== '')
  if (voters.length > 0) return voters.length === 1 && voters[0]!.trim().startsWith(`${nodeId}@`)
  const servers = settings.get('controller.quorum.bootstrap.servers') ?? ''
  return servers.split(',').filter((server) => server.trim() !== '').length <= 1
}

function unlessGivenUp(start: Promise<void>, givenUp: AbortSignal | undefined): Promise<void> {
  if (givenUp === undefined) return start
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new UserError('the start was given up'))
    if (givenUp.aborted) stop()
    givenUp.addEventListener('abort', stop, { once: true })
    start.then(resolve, reject).finally(() => givenUp.removeEventListener('abort', stop))
  })
}

function nodeIdOf(settings: ReadonlyMap<string, string>): number {
  const text = settings.get('node.id') ?? settings.get('broker.id') ?? '0'
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 31) return Number(text)
  throw new UserError(`Invalid value ${text} for configuration node.id: it is a number from 0 to 2147483647`)
}

/** @param unnamed stands where no host is named: for clients nothing, which is the address that each of them dialled. */
function endpointOf({ name, advertised }: ListenerSettings, port: number, unnamed = ''): EndpointImage {
  const host = advertised?.host ?? unnamed
  return { name, host, port: advertised?.port || port, securityProtocol: SECURITY_PROTOCOL_PLAINTEXT }
}
