import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { UserError } from '../base/user-error.js'
import type { Registration } from '../cluster/broker-lifecycle.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import { ErrorCode, isRetriable } from '../protocol/errors.js'
import { majorityOf } from '../quorum/votes.js'
import type { BrokerConfig } from './broker-config.js'
import type { Controller } from './controller.js'
import type { ControllerClient, HeartbeatAnswer } from './controller-client.js'
import type { MetadataLog } from './metadata-log.js'

/** Between heartbeats of a broker that waits for something. */
const EAGER_MS = 20
/** Between looks for a quorum that could still let a broker go. */
const LOOK_MS = 50

export interface BrokerLifecycleOptions {
  readonly controller: Controller
  readonly client: ControllerClient
  readonly metadata: MetadataLog
  readonly config: BrokerConfig
  readonly clock: Clock
  readonly log: Log
  readonly registration: Registration
  /** Whether nobody listens any more where a voter did. */
  readonly isGone: (voterId: number) => Promise<boolean>
}

/**
 * This broker as the controller sees it: it introduces itself, shows by heartbeats that it lives, and asks to be let go (KIP-631).
 * Where this node is the whole quorum there is nobody to show anything to.
 */
export class BrokerLifecycle {
  readonly #options: BrokerLifecycleOptions
  #isClosed = false
  #wantShutDown = false
  #isUnfenced = false
  /** The next heartbeat is waited for. */
  #hasNews = false
  /** Ends the pause between two heartbeats. */
  #wake: () => void = () => {}
  #ended: Promise<void> = Promise.resolve()
  #stopWatching: () => void = () => {}

  constructor(options: BrokerLifecycleOptions) {
    this.#options = options
  }

  /**
   * Resolves with the broker's epoch once the broker is in service.
   * @throws UserError where the cluster refuses it
   */
  async start(): Promise<number> {
    const { controller, client, registration, metadata } = this.#options
    if (this.#isAlone) {
      const epoch = await controller.start(registration)
      if (typeof epoch !== 'number') throw new UserError(epoch.errorMessage)
      client.brokerEpoch = epoch
      return epoch
    }
    client.brokerEpoch = await this.#register()
    this.#ended = this.#beat()
    this.#stopWatching = metadata.subscribe((image, previous) => {
      // Who wants to go waits until all others have said that they know.
      const isRegistered = image.brokers.get(registration.brokerId) !== previous.brokers.get(registration.brokerId)
      this.#hasNews ||= (isRegistered && !this.#isUnfenced) || isAnyLeaving(image, previous)
      if (this.#hasNews) this.#wake()
    })
    await new Promise<void>((resolve) => {
      const stop = metadata.subscribe((image) => {
        if (image.brokers.get(registration.brokerId)?.fenced !== false) return
        queueMicrotask(() => stop())
        resolve()
      })
    })
    return client.brokerEpoch
  }

  /** Resolves when others lead what this broker led, when too few voters are left to decide that, or when it takes too long. */
  async shutDown(waitMsMax: number): Promise<void> {
    const { controller, clock, log } = this.#options
    if (this.#isAlone) {
      // Nobody else reads it: what a full disk does not take is no reason to stay.
      return controller.shutDown().catch((error: Error) => log.warn(`Going without saying so: ${error.message}`))
    }
    this.#wantShutDown = true
    this.#wake()
    const timeIsUp = new Promise<void>((resolve) => {
      const timer = clock.after(waitMsMax, resolve)
      void this.#ended.then(() => timer.cancel())
    })
    await Promise.race([this.#ended, this.#quorumGone(), timeIsUp])
    this.close()
  }

  close(): void {
    this.#isClosed = true
    this.#stopWatching()
    this.#wake()
  }

  /** Resolves when the voters that are left are none that could elect a controller. */
  async #quorumGone(): Promise<void> {
    const { metadata, clock, isGone, log } = this.#options
    for (let looks = 0; looks < 2 && !this.#isClosed; ) {
      const { ids } = metadata.quorum.voters
      const areGone = await Promise.all(ids.map((voter) => isGone(voter)))
      looks = areGone.filter((gone) => !gone).length < majorityOf(ids.length) ? looks + 1 : 0
      await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve))
    }
    if (!this.#isClosed) log.info('Going without handing over: the voters that are left are no quorum')
  }

  get #isAlone(): boolean {
    const { voters, isVoter } = this.#options.metadata.quorum
    return isVoter && voters.size === 1
  }

  async #register(): Promise<number> {
    const { client, registration, log } = this.#options
    for (;;) {
      const registered = await client.register(registration)
      if ('brokerEpoch' in registered) return registered.brokerEpoch
      const { errorCode, errorMessage } = registered
      // The last incarnation is taken for alive until its session ends; a controller's full disk has room again some day.
      if (errorCode !== ErrorCode.DUPLICATE_BROKER_REGISTRATION && !isRetriable(errorCode))
        throw new UserError(`The cluster does not take this broker: ${errorMessage}`)
      log.debug(`The controller does not take this broker yet: ${errorMessage}`)
      await this.#pause(EAGER_MS)
    }
  }

  /** Heartbeats, one after the other, until the broker may go. */
  async #beat(): Promise<void> {
    const { client, metadata, config, log } = this.#options
    while (!this.#isClosed) {
      let hasAnswer = false
      try {
        const currentMetadataOffset = metadata.image.offset
        this.#hasNews = false
        const answer = await client.heartbeat({
          currentMetadataOffset,
          wantFence: false,
          wantShutDown: this.#wantShutDown,
        })
        hasAnswer = true
        if (!this.#isClosed) await this.#take(answer)
      } catch (error) {
        log.debug(`No controller answers a heartbeat: ${error instanceof Error ? error.message : String(error)}`)
      }
      const isEager = this.#wantShutDown || !this.#isUnfenced || !hasAnswer
      await this.#pause(isEager ? EAGER_MS : config.int('broker.heartbeat.interval.ms'))
    }
  }

  async #take({ errorCode, isFenced, shouldShutDown }: HeartbeatAnswer): Promise<void> {
    const { client, log } = this.#options
    if (errorCode === ErrorCode.STALE_BROKER_EPOCH || errorCode === ErrorCode.BROKER_ID_NOT_REGISTERED) {
      log.info('The controller does not know this broker any more: it is registered anew')
      client.brokerEpoch = await this.#register()
      this.#isUnfenced = false
    } else if (errorCode === ErrorCode.NONE) {
      this.#isUnfenced = !isFenced
      if (this.#wantShutDown && shouldShutDown) this.#isClosed = true
    }
  }

  #pause(ms: number): Promise<void> {
    if (this.#isClosed || this.#hasNews) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(ms, resolve)
      this.#wake = () => {
        timer.cancel()
        resolve()
      }
    })
  }
}

function isAnyLeaving(image: MetadataImage, previous: MetadataImage): boolean {
  if (image.brokers === previous.brokers) return false
  for (const { id, inControlledShutdown } of image.brokers.values())
    if (inControlledShutdown && previous.brokers.get(id)?.inControlledShutdown !== true) return true
  return false
}
