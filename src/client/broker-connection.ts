import type { Clock } from '../base/clock.js'
import { Peer } from '../net/peer.js'
import { PeerError } from '../net/peer-error.js'
import { ErrorCode } from '../protocol/errors.js'
import { ApiVersions } from '../protocol/messages/api-versions.js'
import type { Api, ReadResponse, WriteRequest } from '../protocol/schema.js'
import type { Address } from './bootstrap.js'
import { KafkaError } from './kafka-error.js'

export interface ConnectOptions {
  readonly clientId: string
  readonly clock: Clock
  readonly connectTimeoutMs: number
  readonly requestTimeoutMs: number
}

/** The version of ApiVersions that a new connection tries first; brokers before 2.4 know less. */
const FIRST_TRY = 3

/** One connection, and what the broker behind it can do. */
export class BrokerConnection {
  readonly #peer: Peer
  /** The levels that the cluster has agreed on, by feature, as told when the connection was opened. */
  readonly features: ReadonlyMap<string, number>
  readonly #served: ReadonlyMap<number, { readonly min: number; readonly max: number }>

  private constructor(peer: Peer, versions: ReadResponse<typeof ApiVersions>) {
    this.#peer = peer
    this.features = new Map(versions.finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]))
    this.#served = new Map(
      versions.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, { min: minVersion, max: maxVersion }]),
    )
  }

  /** @throws PeerError when nobody answers there. */
  static async open(address: Address, options: ConnectOptions): Promise<BrokerConnection> {
    return (await negotiate(address, options, FIRST_TRY)) ?? (await negotiate(address, options, 0))!
  }

  static of(peer: Peer, versions: ReadResponse<typeof ApiVersions>): BrokerConnection {
    return new BrokerConnection(peer, versions)
  }

  /** Resolves when the connection has ended. */
  get closed(): Promise<unknown> {
    return this.#peer.closed
  }

  /** What the broker says that it serves, by API key. */
  get served(): ReadonlyMap<number, { readonly min: number; readonly max: number }> {
    return this.#served
  }

  /** The newest version that both sides know, null when there is none. */
  version(api: Api, newest: number = api.maxVersion): number | null {
    const served = this.#served.get(api.key)
    if (served === undefined) return null
    const version = Math.min(newest, api.maxVersion, served.max)
    return version >= Math.max(api.minVersion, served.min) ? version : null
  }

  /**
   * @throws KafkaError UNSUPPORTED_VERSION when broker and client have no version in common.
   * @throws PeerError when the connection ends first, or no answer came in `timeoutMs`.
   */
  async call<A extends Api>(
    api: A,
    request: WriteRequest<A>,
    options: { readonly timeoutMs: number; readonly newest?: number },
  ): Promise<ReadResponse<A>> {
    const version = this.#versionFor(api, options.newest)
    return await this.#peer.call(api, version, request, { timeoutMs: options.timeoutMs })
  }

  /**
   * Sends a request that is not answered: Produce with acks=0.
   * @throws KafkaError UNSUPPORTED_VERSION when broker and client have no version in common.
   */
  send<A extends Api>(api: A, request: WriteRequest<A>): void {
    this.#peer.send(api, this.#versionFor(api), request)
  }

  close(): void {
    this.#peer.close()
  }

  #versionFor(api: Api, newest?: number): number {
    const version = this.version(api, newest)
    if (version !== null) return version
    throw new KafkaError(ErrorCode.UNSUPPORTED_VERSION, `The node does not support ${snakeCase(api.name)}`)
  }
}

/** Null when the broker is too old for `version` of ApiVersions: it answers that in a form of its own. */
async function negotiate(address: Address, options: ConnectOptions, version: number): Promise<BrokerConnection | null> {
  const peer = await Peer.connect({ ...address, ...options })
  try {
    const names = { clientSoftwareName: 'klog', clientSoftwareVersion: '1' }
    const response = await peer.call(ApiVersions, version, names, { timeoutMs: options.requestTimeoutMs })
    if (response.errorCode === ErrorCode.NONE) return BrokerConnection.of(peer, response)
    if (version === 0) throw new KafkaError(response.errorCode)
  } catch (error) {
    peer.close()
    if (version > 0 && error instanceof PeerError && error.kind === 'malformed') return null
    throw error
  }
  peer.close()
  return null
}

/** `DescribeTopicPartitions` → `DESCRIBE_TOPIC_PARTITIONS`. */
function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()
}
