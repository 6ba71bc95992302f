import type { Clock, Timer } from '../base/clock.js'
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
import { NotController } from './not-controller.js'
import type { OtherBrokers } from './other-brokers.js'

const ENVELOPE_VERSION = 0
const PRINCIPAL_VERSION = 0
/** Before the controller is looked for again. */
const BACKOFF_MS = 50
/** No answer, which is another thing than null: that is an answer to somebody who expects none. */
const NONE = Symbol('no answer')

export interface ForwardingOptions {
  readonly metadata: MetadataLog
  /** For this alone: what takes the controller long holds up what comes behind it. */
  readonly controllers: OtherBrokers
  readonly clock: Clock
  /** How long a controller's answer is waited for at most; read each time. */
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
  /** How long the client gives it; null or less than 1 where it does not say. */
  readonly timeoutMs: number | null
}

/** `isOurs` where this node has given it, and no other. */
export interface ControllerAnswer {
  readonly value: unknown
  readonly isOurs: boolean
}

/** Brings requests that change the metadata to the node that may: to this one, or in the client's name to another (KIP-590). */
export class Forwarding {
  constructor(readonly options: ForwardingOptions) {}

  /**
   * The controller's answer, whoever that is or becomes; null where none is found, or gives one, in time.
   * @param here answers while this node is the controller; where it is null, the node asks itself as it does others
   */
  async answer(request: ForwardedRequest, here: (() => unknown) | null): Promise<ControllerAnswer | null> {
    const { clock, metadata } = this.options
    const endMs = clock.monotonicMs() + this.#patienceMs(request)
    for (let leftMs = endMs - clock.monotonicMs(); leftMs > 0; leftMs = endMs - clock.monotonicMs()) {
      const isOurs = here !== null && metadata.isActive
      const value = await (isOurs ? this.#answeredHere(here, leftMs) : this.#ask(request, leftMs))
      if (value !== NONE) return { value, isOurs }
      await new Promise<void>((resolve) => clock.after(BACKOFF_MS, resolve))
    }
    return null
  }

  close(): void {
    this.options.controllers.close()
  }

  #patienceMs({ timeoutMs }: ForwardedRequest): number {
    const waitMsMax = this.options.timeoutMs()
    return timeoutMs === null || timeoutMs < 1 ? waitMsMax : Math.min(timeoutMs, waitMsMax)
  }

  async #answeredHere(here: () => unknown, leftMs: number): Promise<unknown> {
    try {
      return await this.#within(leftMs, Promise.resolve(here()), () => false)
    } catch (error) {
      if (error instanceof NotController) return NONE
      throw error
    }
  }

  async #ask(request: ForwardedRequest, leftMs: number): Promise<unknown> {
    const { metadata } = this.options
    const { leaderId } = metadata
    if (leaderId === null) return NONE
    // Who stands still does not hang up: the answer of another controller than the one that was asked will come sooner.
    const isAnother = (): boolean => metadata.leaderId !== null && metadata.leaderId !== leaderId
    return await this.#within(leftMs, this.#call(leaderId, request), isAnother)
  }

  async #call(to: number, { api, version, bytes, principal, clientAddress }: ForwardedRequest): Promise<unknown> {
    const envelope = {
      requestData: bytes,
      requestPrincipal: principalBytes(principal),
      clientHostAddress: clientAddress,
    }
    try {
      const response = await this.options.controllers.call(to, Envelope, ENVELOPE_VERSION, envelope)
      if (response.errorCode !== ErrorCode.NONE || response.responseData === null) return NONE
      const reader = new Reader(Buffer.from(response.responseData as Buffer))
      readResponseHeader(reader, api, version)
      return readResponse(api, version, reader)
    } catch (error) {
      if (error instanceof MalformedBytes) throw error
      return NONE
    }
  }

  /** What `answer` comes to, or NONE where that takes too long, or a change of controllers makes it useless. */
  async #within(waitMs: number, answer: Promise<unknown>, isUseless: () => boolean): Promise<unknown> {
    const { clock, metadata } = this.options
    let timer: Timer | null = null
    let stop = (): void => {}
    const over = new Promise<typeof NONE>((resolve) => {
      timer = clock.after(waitMs, () => resolve(NONE))
      stop = metadata.onController(() => isUseless() && resolve(NONE))
    })
    try {
      return await Promise.race([answer, over])
    } finally {
      ;(timer as Timer | null)?.cancel()
      stop()
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
