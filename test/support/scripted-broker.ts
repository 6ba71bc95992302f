import { createServer, type Server, type Socket } from 'node:net'
import { Reader } from '../../src/bytes/reader.js'
import { Writer } from '../../src/bytes/writer.js'
import { apiByKey } from '../../src/protocol/apis.js'
import { readRequest, writeResponse } from '../../src/protocol/codec.js'
import { writeResponseHeader } from '../../src/protocol/header.js'
import { ApiVersions } from '../../src/protocol/messages/api-versions.js'
import { readRequestHeader } from '../../src/protocol/request-header.js'
import type { Api, ReadRequest, WriteResponse } from '../../src/protocol/schema.js'

export interface Asked {
  readonly name: string
  readonly version: number
  readonly request: unknown
}

/** What a request is answered with: a response, the end of the connection, or nothing at all. */
type Answer = unknown | 'close' | 'silence'

/** A broker that says what a test tells it to, over real sockets. It has nothing of klog's own broker. */
export class ScriptedBroker {
  readonly asked: Asked[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #answers = new Map<number, (request: unknown, version: number) => Answer>()
  readonly #versions = new Map<number, { readonly min: number; readonly max: number }>()
  /** The newest ApiVersions that it knows; a newer one is refused as Kafka does. */
  apiVersionsMax = 4
  /** What the cluster has agreed on. */
  finalizedFeatures: readonly { readonly name: string; readonly level: number }[] = []
  port = 0

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket))
  }

  static async start(): Promise<ScriptedBroker> {
    const broker = new ScriptedBroker()
    await new Promise<void>((resolve) => broker.#server.listen(0, '127.0.0.1', resolve))
    broker.port = (broker.#server.address() as { port: number }).port
    return broker
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** From now on requests of `api` are answered so; the broker tells that it serves `versions` of it. */
  on<A extends Api>(
    api: A,
    answer: (request: ReadRequest<A>, version: number) => WriteResponse<A> | 'close' | 'silence',
    versions = { min: api.minVersion, max: api.maxVersion },
  ): this {
    this.#answers.set(api.key, answer as (request: unknown, version: number) => Answer)
    this.#versions.set(api.key, versions)
    return this
  }

  timesAsked(api: Api): number {
    return this.asked.filter(({ name }) => name === api.name).length
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket))
    let bytes = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) {
        const frame = bytes.subarray(4, 4 + bytes.readInt32BE(0))
        bytes = bytes.subarray(4 + frame.length)
        this.#answer(socket, Buffer.from(frame))
      }
    })
  }

  #answer(socket: Socket, frame: Buffer): void {
    const reader = new Reader(frame)
    const { apiKey, apiVersion, correlationId } = readRequestHeader(reader)
    const api = apiByKey(apiKey)!
    if (api.key === ApiVersions.key) {
      this.#tellVersions(socket, apiVersion, correlationId)
      return
    }
    const request = readRequest(api, apiVersion, reader)
    this.asked.push({ name: api.name, version: apiVersion, request })
    const answer = this.#answers.get(apiKey)?.(request, apiVersion) ?? 'close'
    if (answer === 'silence') return
    if (answer === 'close') socket.destroy()
    else send(socket, api, apiVersion, correlationId, answer)
  }

  #tellVersions(socket: Socket, version: number, correlationId: number): void {
    const isKnown = version <= this.apiVersionsMax
    this.asked.push({ name: ApiVersions.name, version, request: null })
    const apiKeys = [...this.#versions].map(([apiKey, { min, max }]) => ({ apiKey, minVersion: min, maxVersion: max }))
    const finalizedFeatures = this.finalizedFeatures.map(({ name, level }) => ({
      name,
      minVersionLevel: level,
      maxVersionLevel: level,
    }))
    const response = { errorCode: isKnown ? 0 : 35, apiKeys, finalizedFeaturesEpoch: 1, finalizedFeatures }
    send(socket, ApiVersions, isKnown ? version : 0, correlationId, response)
  }
}

function send(socket: Socket, api: Api, version: number, correlationId: number, response: unknown): void {
  const writer = new Writer()
  writeResponseHeader(writer, api, version, { correlationId })
  writeResponse(api, version, writer, response as WriteResponse<Api>)
  const body = Buffer.concat(writer.chunks())
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  socket.write(Buffer.concat([length, body]))
}
