import type { Clock } from '../base/clock.js'
import { MalformedBytes } from '../bytes/malformed.js'
import { Reader } from '../bytes/reader.js'
import { Writer } from '../bytes/writer.js'
import { readResponse, writeMessage } from '../protocol/codec.js'
import { ErrorCode } from '../protocol/errors.js'
import { readResponseHeader } from '../protocol/header.js'
import { Envelope } from '../protocol/messages/envelope.js'
import type { Api } from '../protocol/schema.js'
import { DefaultPrincipalData } from '../protocol/state/principal.js'
import type { MetadataLog } from './metadata-log.js'
import type { OtherBrokers } from './other-brokers.js'

const ENVELOPE_VERSION = 0
const PRINCIPAL_VERSION = 0
/** Before the controller is looked for again. */
const BACKOFF_MS = 50

export interface ForwardingOptions {
  readonly metadata: MetadataLog
  readonly controllers: OtherBrokers
  readonly clock: Clock
  /** How long a controller is looked for; read each time. */
  readonly timeoutMs: () => number
}

/** A client's request as it came. */
export interface ForwardedRequest {
  readonly api: Api
  readonly version: number
  /** Header and body, as in a frame. */
  readonly bytes: Buffer
  readonly principal: { readonly type: string; readonly name: string }
  readonly clientAddress: Buffer
}

/** Hands requests that change the metadata on to the node that may, in the client's name (KIP-590). */
export class Forwarding {
  constructor(readonly options: ForwardingOptions) {}

  /** The controller's answer; null where none is found in time. */
  async forward(request: ForwardedRequest): Promise<unknown | null> {
    const { clock, timeoutMs } = this.options
    const endMs = clock.monotonicMs() + timeoutMs()
    while (clock.monotonicMs() < endMs) {
      const answer = await this.#ask(request)
      if (answer !== null) return answer
      await new Promise<void>((resolve) => clock.after(BACKOFF_MS, resolve))
    }
    return null
  }

  async #ask({ api, version, bytes, principal, clientAddress }: ForwardedRequest): Promise<unknown | null> {
    const { metadata, controllers } = this.options
    const { leaderId } = metadata
    if (leaderId === null) return null
    const envelope = {
      requestData: bytes,
      requestPrincipal: principalBytes(principal),
      clientHostAddress: clientAddress,
    }
    try {
      const response = await controllers.call(leaderId, Envelope, ENVELOPE_VERSION, envelope)
      if (response.errorCode !== ErrorCode.NONE || response.responseData === null) return null
      const reader = new Reader(Buffer.from(response.responseData as Buffer))
      readResponseHeader(reader, api, version)
      return readResponse(api, version, reader)
    } catch (error) {
      if (error instanceof MalformedBytes) throw error
      return null
    }
  }
}

function principalBytes({ type, name }: ForwardedRequest['principal']): Buffer {
  const writer = new Writer()
  writer.int16(PRINCIPAL_VERSION)
  writeMessage(DefaultPrincipalData, PRINCIPAL_VERSION, writer, { type, name, tokenAuthenticated: false })
  return Buffer.concat(writer.chunks())
}

/** An address as Envelope carries it: 4 or 16 bytes. */
export function addressBytes(address: string): Buffer {
  const parts = address.split('.').map(Number)
  const isIpv4 = parts.length === 4 && parts.every((part) => part >= 0 && part <= 255)
  return isIpv4 ? Buffer.from(parts) : Buffer.concat([Buffer.alloc(15), Buffer.from([1])])
}
