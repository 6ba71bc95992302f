import { resolve } from 'node:path'
import type { Clock } from './base/clock.js'
import type { Log } from './base/log.js'
import type { Random } from './base/random.js'
import { UserError } from './base/user-error.js'
import type { Broker } from './broker/broker.js'
import { BrokerConfig } from './broker/broker-config.js'
import { brokerStorage } from './broker/broker-storage.js'
import { Controller } from './broker/controller.js'
import { KNOWN_FEATURES, type SupportedFeature, supportedFeatures } from './broker/features.js'
import { FetchSessions } from './broker/fetch-sessions.js'
import { GroupCoordinators } from './broker/group-coordinators.js'
import { handlers } from './broker/handlers.js'
import { type ListenerSettings, listenerSettings } from './broker/listener-settings.js'
import { MetadataLog } from './broker/metadata-log.js'
import { Partitions } from './broker/partitions.js'
import { serve } from './broker/serve.js'
import { randomUuid, type Uuid } from './bytes/uuid.js'
import type { EndpointImage, FeatureRange } from './cluster/image.js'
import { BufferPool } from './net/buffer-pool.js'
import { Gate } from './net/gate.js'
import { Listener } from './net/listener.js'
import { systemDisk } from './storage/disk.js'
import { LogDirectory } from './storage/log-directory.js'
import { checkMetaProperties, type MetaProperties } from './storage/meta-properties.js'

/** Where Kafka's defaults would only slow a single machine down, or ask for brokers that are not there. */
const QUICKSTART: ReadonlyMap<string, string> = new Map([
  ['process.roles', 'broker,controller'],
  ['group.initial.rebalance.delay.ms', '0'],
  ['offsets.topic.replication.factor', '1'],
  ['transaction.state.log.replication.factor', '1'],
  ['transaction.state.log.min.isr', '1'],
  ['share.coordinator.state.topic.replication.factor', '1'],
  ['share.coordinator.state.topic.min.isr', '1'],
])
const SECURITY_PROTOCOL_PLAINTEXT = 0

export interface DaemonOptions {
  /** Broker settings by Kafka's names. */
  readonly settings: ReadonlyMap<string, string>
  /** For directories that are formatted now; drawn where null. */
  readonly clusterId: Uuid | null
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/** A broker that serves. */
export interface Daemon {
  /** What clients are told of the first listener. */
  readonly host: string
  readonly port: number
  readonly nodeId: number
  readonly clusterId: Uuid
  readonly dataDirectories: readonly string[]
  /** Stops in order. */
  close(): Promise<void>
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
  const { clock, random, log, settings } = options
  const nodeId = nodeIdOf(settings)
  const config = new BrokerConfig({ nodeId, settings, defaults: QUICKSTART })
  for (const name of settings.keys()) {
    if (!BrokerConfig.isKnown(name)) log.warn(`The setting ${name} is not known to Kafka and has no effect`)
  }
  const listening = plaintextOnly(listenerSettings((name) => config.text(name)))

  const storage = brokerStorage({ disk: systemDisk, clock, random, log: log.named('klog.storage') })
  const producerIdleMs = config.int('producer.id.expiration.ms')
  const open = (path: string): LogDirectory => {
    const directory = LogDirectory.open({ ...storage, path, producerIdleMs })
    onFailure(() => directory.close(directory.previousBrokerEpoch))
    return directory
  }
  const directories = dataPaths(config).map(open)
  const metadataPath = resolve(config.stringOrNull('metadata.log.dir') ?? directories[0]!.path)
  const metadataDirectory = directories.find(({ path }) => path === metadataPath) ?? open(metadataPath)
  const allDirectories = new Set([...directories, metadataDirectory])
  const clusterId = formatted([...allDirectories], { ...options, nodeId })

  const pool = new BufferPool()
  const gates = listening.map(() => new Gate())
  const listeners = await Promise.all(
    listening.map(async ({ host, port }, at) => {
      const listener = await Listener.open({
        host,
        port,
        clock,
        pool,
        log: log.named('klog.net'),
        frameBytesMax: config.int('socket.request.max.bytes'),
        idleMsMax: config.long('connections.max.idle.ms'),
        connectionsMax: config.int('max.connections'),
        backlog: config.int('socket.listen.backlog.size'),
        onConnection: (connection) => gates[at]!.take(connection),
      })
      onFailure(() => listener.close())
      return listener
    }),
  )

  const metadata = MetadataLog.open({
    ...{ disk: systemDisk, clock, nodeId, config, features: rangesOf(supportedFeatures(handlers)) },
    log: log.named('klog.metadata'),
    directory: metadataDirectory,
  })
  const controller = new Controller({ nodeId, metadata, config, clock, random, log: log.named('klog.controller') })
  const partitions = new Partitions({ nodeId, clock, config, directories, log: log.named('klog.partitions') })
  metadata.subscribe((image) => partitions.applyImage(image))
  const groups = new GroupCoordinators({ config, clock, metadata, partitions, log: log.named('klog.groups') })
  const slots = config.int('max.incremental.fetch.session.cache.slots')
  const fetchSessions = new FetchSessions(clock, random, slots)
  const broker: Broker = {
    ...{ nodeId, clusterId, config, clock, random, metadata, controller, partitions, groups, fetchSessions },
    log: log.named('klog.broker'),
  }

  const endpoints = listening.map((settings, at) => endpointOf(settings, listeners[at]!.port))
  const brokerEpoch = await controller.start({
    brokerId: nodeId,
    incarnationId: randomUuid(random),
    endpoints,
    features: rangesOf(KNOWN_FEATURES),
    rack: config.stringOrNull('broker.rack'),
    logDirs: directories.flatMap(({ metaProperties }) => metaProperties?.directoryId ?? []),
    previousBrokerEpoch: directories[0]!.previousBrokerEpoch,
  })
  if (typeof brokerEpoch !== 'number') throw new UserError(brokerEpoch.errorMessage)
  for (const [at, { name }] of listening.entries()) gates[at]!.open(serve(broker, name, handlers))

  const first = listeners[0]!.port
  return {
    host: listening[0]!.advertised?.host ?? listening[0]!.host ?? 'localhost',
    port: listening[0]!.advertised?.port || first,
    nodeId,
    clusterId,
    dataDirectories: directories.map(({ path }) => path),
    close: async () => {
      for (const listener of listeners) await listener.stopAccepting()
      await controller.shutDown()
      groups.close()
      for (const listener of listeners) await listener.close()
      await partitions.close(brokerEpoch)
      await metadataDirectory.close(brokerEpoch)
    },
    kill: async () => {
      const gone = listeners.map((listener) => listener.close())
      groups.close()
      partitions.abandon()
      metadataDirectory.abandon()
      await Promise.all(gone)
    },
  }
}

function nodeIdOf(settings: ReadonlyMap<string, string>): number {
  const text = settings.get('node.id') ?? settings.get('broker.id') ?? '0'
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 31) return Number(text)
  throw new UserError(`Invalid value ${text} for configuration node.id: it is a number from 0 to 2147483647`)
}

function plaintextOnly(listening: ListenerSettings[]): ListenerSettings[] {
  for (const { name, protocol } of listening) {
    if (protocol !== 'PLAINTEXT') {
      throw new UserError(
        `The listener ${name} asks for ${protocol}, and klog's broker speaks PLAINTEXT only`,
        'Give it PLAINTEXT in listener.security.protocol.map, or leave it out of `listeners`.',
      )
    }
  }
  return listening
}

/** `log.dirs`, absolute. */
function dataPaths(config: BrokerConfig): string[] {
  const dirs = config.list('log.dirs')
  return [...new Set((dirs.length > 0 ? dirs : [config.string('log.dir')]).map((path) => resolve(path)))]
}

/** Checks whose the directories are, marks new ones as this node's, and returns the id of their cluster. */
function formatted(directories: readonly LogDirectory[], o: DaemonOptions & { readonly nodeId: number }): Uuid {
  const { nodeId, random, clusterId } = o
  const found = new Map<string, MetaProperties>()
  for (const { path, metaProperties } of directories) if (metaProperties !== null) found.set(path, metaProperties)
  checkMetaProperties(found, { clusterId, nodeId })
  const known = [...found.values()][0]?.clusterId ?? clusterId ?? randomUuid(random)
  for (const directory of directories) {
    if (directory.metaProperties?.directoryId != null) continue
    directory.format({ clusterId: known, nodeId, directoryId: randomUuid(random) })
  }
  return known
}

/** No host stands for the address that each client dialled. */
function endpointOf({ name, advertised }: ListenerSettings, port: number): EndpointImage {
  const host = advertised?.host ?? ''
  return { name, host, port: advertised?.port || port, securityProtocol: SECURITY_PROTOCOL_PLAINTEXT }
}

function rangesOf(features: readonly SupportedFeature[]): Map<string, FeatureRange> {
  return new Map(features.map(({ name, minVersion, maxVersion }) => [name, { min: minVersion, max: maxVersion }]))
}
