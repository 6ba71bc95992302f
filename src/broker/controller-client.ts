import type { Clock } from '../base/clock.js'
import type { Uuid } from '../bytes/uuid.js'
import type { AlterPartitionRequest } from '../cluster/alter-partition.js'
import type { Placement } from '../cluster/assign-directories.js'
import type { HeartbeatRequest } from '../cluster/broker-heartbeat.js'
import type { Registration } from '../cluster/broker-lifecycle.js'
import type { DirectoriesFound } from '../cluster/change-directories.js'
import type { CreateTopicsRequest } from '../cluster/create-topics.js'
import type { Charge, Refusal } from '../cluster/decision.js'
import type { ControllerImage } from '../cluster/image.js'
import { ErrorCode, errorMessage, errorName } from '../protocol/errors.js'
import { AllocateProducerIds } from '../protocol/messages/allocate-producer-ids.js'
import { AlterPartition } from '../protocol/messages/alter-partition.js'
import { AssignReplicasToDirs } from '../protocol/messages/assign-replicas-to-dirs.js'
import { BrokerHeartbeat } from '../protocol/messages/broker-heartbeat.js'
import { BrokerRegistration } from '../protocol/messages/broker-registration.js'
import { ControllerRegistration } from '../protocol/messages/controller-registration.js'
import { CreateTopics } from '../protocol/messages/create-topics.js'
import type { Api, ReadResponse, WriteRequest } from '../protocol/schema.js'
import type { BrokerConfig } from './broker-config.js'
import type { Controller } from './controller.js'
import { type InternalTopic, internalTopic } from './internal-topics.js'
import type { MetadataLog } from './metadata-log.js'
import { NotController } from './not-controller.js'
import type { OtherBrokers } from './other-brokers.js'
import { refusal } from './refusal.js'

/** Before the controller is looked for again. */
const BACKOFF_MS = 50
/** A client that waits for a controller longer than this is told to ask again, as Kafka tells it at once. */
const CLIENT_WAIT_MS_MAX = 5000
const CREATE_TOPICS_VERSION = 7
const REGISTRATION_VERSION = 4
const HEARTBEAT_VERSION = 2
const ALTER_PARTITION_VERSION = 3

export interface ControllerClientOptions {
  readonly nodeId: number
  readonly clusterId: string
  readonly metadata: MetadataLog
  /** This node's, which decides while this node leads the quorum. */
  readonly controller: Controller
  readonly controllers: OtherBrokers
  readonly config: BrokerConfig
  readonly clock: Clock
}

export type Heartbeat = Pick<HeartbeatRequest, 'currentMetadataOffset' | 'wantFence' | 'wantShutDown'>
export type HeartbeatAnswer = Pick<
  ReadResponse<typeof BrokerHeartbeat>,
  'errorCode' | 'isCaughtUp' | 'isFenced' | 'shouldShutDown'
>

type CreateTopicsAnswer = ReadResponse<typeof CreateTopics>

type AlteredTopics = readonly {
  readonly topicId: Uuid
  readonly partitions: readonly {
    readonly partitionIndex: number
    readonly errorCode: ErrorCode
    readonly isr: readonly number[]
    readonly leaderRecoveryState?: number
    readonly partitionEpoch: number
  }[]
}[]

/** What this node's broker asks of the controller, wherever it is: of this node directly, of another by Kafka's requests. */
export class ControllerClient {
  readonly #options: ControllerClientOptions
  #producerIds: { next: bigint; end: bigint } = { next: 0n, end: 0n }
  #allocating: Promise<void> | null = null
  #directories: DirectoriesFound = { online: [], cordoned: [] }
  /** This broker's, once it is registered. */
  brokerEpoch = -1

  constructor(options: ControllerClientOptions) {
    this.#options = options
  }

  /** @returns the broker's epoch, or why it is refused */
  register(registration: Registration): Promise<{ brokerEpoch: number } | Refusal> {
    const { controller, clusterId } = this.#options
    return this.#ask<{ brokerEpoch: number } | Refusal>(
      async () => {
        await controller.fenceOwn()
        return controller.registerBroker(registration)
      },
      async (leader) => {
        const response = await this.#call(leader, BrokerRegistration, REGISTRATION_VERSION, {
          ...registration,
          clusterId,
          listeners: registration.endpoints,
          features: [...registration.features].map(([name, { min, max }]) => ({
            name,
            minSupportedVersion: min,
            maxSupportedVersion: max,
          })),
        })
        if (response.errorCode === ErrorCode.NONE) return { brokerEpoch: response.brokerEpoch }
        return { errorCode: retried(response.errorCode), errorMessage: errorMessage(response.errorCode) }
      },
    )
  }

  /** Makes this node known as a controller. @throws Error where it is refused */
  registerController(controller: ControllerImage): Promise<void> {
    const done = ({ errorCode, errorMessage }: { errorCode: ErrorCode; errorMessage: string | null }): void => {
      if (retried(errorCode) !== ErrorCode.NONE) throw new Error(errorMessage ?? errorName(errorCode))
    }
    return this.#ask(
      async () => {
        const refused = await this.#options.controller.registerController(controller)
        if (refused !== null) done(refused)
      },
      async (leader) => {
        const { id, incarnationId, endpoints: listeners, features } = controller
        const request = { controllerId: id, incarnationId, zkMigrationReady: false, listeners }
        done(
          await this.#call(leader, ControllerRegistration, 0, {
            ...request,
            features: [...features].map(([name, { min, max }]) => ({
              name,
              minSupportedVersion: min,
              maxSupportedVersion: max,
            })),
          }),
        )
      },
    )
  }

  /** One try: the next heartbeat comes anyway. @throws Error where no controller answers */
  heartbeat(heartbeat: Heartbeat): Promise<HeartbeatAnswer> {
    const { metadata, controller, nodeId } = this.#options
    const { online, cordoned } = this.#directories
    const known = metadata.image.brokers.get(nodeId)?.logDirs ?? []
    const request = {
      ...{ brokerId: nodeId, brokerEpoch: this.brokerEpoch, ...heartbeat },
      offlineLogDirs: online.length === 0 ? [] : known.filter((directory) => !online.includes(directory)),
      cordonedLogDirs: [...cordoned],
    }
    if (metadata.isActive) return controller.heartbeat(request)
    if (metadata.leaderId === null) throw new NotController()
    return this.#call(metadata.leaderId, BrokerHeartbeat, HEARTBEAT_VERSION, request)
  }

  /** Makes one of Kafka's own topics where there is none yet. NONE says that it is there, REQUEST_TIMED_OUT that no controller was found. */
  createInternalTopic(name: InternalTopic): Promise<ErrorCode> {
    const { controller, config, metadata } = this.#options
    return this.#ask(
      () => controller.createInternalTopic(name),
      async (leader) => {
        const request = { topics: [internalTopic(name, config)], timeoutMs: 30_000, validateOnly: false }
        const response = await this.#call(leader, CreateTopics, CREATE_TOPICS_VERSION, request)
        const errorCode = response.topics[0]?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR
        if (errorCode === ErrorCode.TOPIC_ALREADY_EXISTS) return ErrorCode.NONE
        if (errorCode === ErrorCode.NONE) await this.#heardOf(() => metadata.image.topic(name) !== null)
        return retried(errorCode)
      },
      () => ErrorCode.REQUEST_TIMED_OUT,
    )
  }

  /** On behalf of a client: `charge` counts for it here, and `forward` asks another node's controller in its name. */
  createTopics(
    request: Pick<CreateTopicsRequest, 'topics' | 'timeoutMs' | 'validateOnly'>,
    charge: Charge | undefined,
    forward: (
      api: typeof CreateTopics,
      version: number,
      request: WriteRequest<typeof CreateTopics>,
    ) => Promise<CreateTopicsAnswer>,
  ) {
    const { controller, metadata } = this.#options
    return this.#ask(
      () => controller.createTopics(request, charge),
      async () => {
        const asked = { ...request, timeoutMs: CLIENT_WAIT_MS_MAX }
        const response = await forward(CreateTopics, CREATE_TOPICS_VERSION, asked)
        const isThere = (name: string): boolean => metadata.image.topic(name) !== null
        const made = response.topics.filter(({ errorCode }) => errorCode === ErrorCode.NONE)
        await this.#heardOf(() => made.every(({ name }) => isThere(name)))
        return response
      },
      () => refusal(CreateTopics, CREATE_TOPICS_VERSION, request, ErrorCode.REQUEST_TIMED_OUT) as CreateTopicsAnswer,
    )
  }

  /** An id that no producer has had. @throws NotController where none is left and no controller is found that gives more */
  async allocateProducerId(): Promise<bigint> {
    while (this.#producerIds.next === this.#producerIds.end) {
      this.#allocating ??= this.#allocateProducerIds().finally(() => {
        this.#allocating = null
      })
      await this.#allocating
    }
    return this.#producerIds.next++
  }

  async #allocateProducerIds(): Promise<void> {
    const { controller, nodeId } = this.#options
    this.#producerIds = await this.#ask(
      async () => {
        const { first, end } = await controller.allocateProducerIds(nodeId)
        return { next: first, end }
      },
      async (leader) => {
        const request = { brokerId: nodeId, brokerEpoch: this.brokerEpoch }
        const { errorCode, producerIdStart, producerIdLen } = await this.#call(leader, AllocateProducerIds, 0, request)
        if (errorCode !== ErrorCode.NONE) throw new NotController()
        return { next: producerIdStart, end: producerIdStart + BigInt(producerIdLen) }
      },
      () => {
        throw new NotController()
      },
    )
  }

  /** A leader proposes who is in sync. One try. @throws Error where no controller answers */
  async alterPartition(
    topics: AlterPartitionRequest['topics'],
  ): Promise<{ readonly errorCode: ErrorCode; readonly topics: AlteredTopics }> {
    const { metadata, controller, nodeId } = this.#options
    const request = { brokerId: nodeId, brokerEpoch: this.brokerEpoch, topics }
    if (metadata.isActive) return controller.alterPartition(request)
    if (metadata.leaderId === null) throw new NotController()
    return this.#call(metadata.leaderId, AlterPartition, ALTER_PARTITION_VERSION, request)
  }

  /** Tells which directories are left; of another node's controller by the next heartbeat. */
  async changeDirectories(found: DirectoriesFound): Promise<void> {
    const { metadata, controller, nodeId } = this.#options
    this.#directories = found
    if (!metadata.isActive) return
    await controller.changeDirectories(nodeId, found).catch((error: unknown) => {
      // Whoever follows this node's controller hears of it by a heartbeat, too.
      if (!(error instanceof NotController)) throw error
    })
  }

  /** Tells in which directories replicas lie. */
  assignDirectories(placements: readonly Placement[]): Promise<void> {
    const { controller, nodeId } = this.#options
    return this.#ask(
      () => controller.assignDirectories(nodeId, placements),
      async (leader) => {
        await this.#call(leader, AssignReplicasToDirs, 0, {
          brokerId: nodeId,
          brokerEpoch: this.brokerEpoch,
          directories: [...grouped(placements, ({ directoryId }) => directoryId)].map(([id, here]) => ({
            id,
            topics: [...grouped(here, ({ topicId }) => topicId)].map(([topicId, partitions]) => ({
              topicId,
              partitions: partitions.map(({ partition }) => ({ partitionIndex: partition })),
            })),
          })),
        })
      },
    )
  }

  /**
   * Of this node while it leads the quorum, of its leader otherwise; as long as it takes to find one.
   * @param inVain what it is instead where a client waits for it, which does so for a while only
   */
  async #ask<T>(
    here: () => Promise<T>,
    there: (leaderId: number) => Promise<T>,
    inVain: (() => T) | null = null,
  ): Promise<T> {
    const { metadata, nodeId, clock } = this.#options
    const endMs = inVain === null ? Number.POSITIVE_INFINITY : clock.monotonicMs() + CLIENT_WAIT_MS_MAX
    for (;;) {
      const isHere = metadata.isActive
      try {
        if (isHere) return await here()
        const { leaderId } = metadata
        if (leaderId !== null && leaderId !== nodeId) return await there(leaderId)
      } catch (error) {
        // A node that goes closes its own connections: whoever waits for it here is to ask another one.
        if (metadata.quorum.isClosed) throw isHere ? error : new NotController()
        // Whoever did not answer when it was asked may have been followed by this node since.
        if (isHere && metadata.isActive && !(error instanceof NotController)) throw error
      }
      if (metadata.quorum.isClosed) throw new NotController()
      if (inVain !== null && clock.monotonicMs() >= endMs) return inVain()
      await this.#newController(BACKOFF_MS)
    }
  }

  /** Resolves when there is another controller to ask, or after so long. */
  #newController(waitMsMax: number): Promise<void> {
    const { metadata, clock } = this.#options
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel()
        stop()
        resolve()
      }
      const stop = metadata.onController(done)
      const timer = clock.after(waitMsMax, done)
    })
  }

  /** Until what the controller has committed is known here too. */
  #heardOf(isKnown: () => boolean): Promise<void> {
    const { metadata, clock, config } = this.#options
    if (isKnown()) return Promise.resolve()
    return new Promise((resolve) => {
      let stop = (): void => {}
      const timer = clock.after(config.int('request.timeout.ms'), () => done())
      const done = (): void => {
        timer.cancel()
        stop()
        resolve()
      }
      stop = metadata.subscribe(() => {
        if (isKnown()) queueMicrotask(done)
      })
    })
  }

  #call<A extends Api>(to: number, api: A, version: number, request: WriteRequest<A>): Promise<ReadResponse<A>> {
    return this.#options.controllers.call(to, api, version, request)
  }
}

/** Who was asked leads no more: somebody else is to be asked. @throws NotController */
function retried(errorCode: ErrorCode): ErrorCode {
  if (errorCode === ErrorCode.NOT_CONTROLLER) throw new NotController()
  return errorCode
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}
