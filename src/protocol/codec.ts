import type { Reader } from '../bytes/reader.js'
import type { Writer } from '../bytes/writer.js'
import { type Codec, structCodec } from './closures.js'
import { emitCodec } from './emit.js'
import { planStruct, type Rules, type StructPlan } from './plan.js'
import { UnsupportedVersionError } from './refusals.js'
import type {
  Api,
  Message,
  ReadMessage,
  ReadRequest,
  ReadResponse,
  Shape,
  WriteMessage,
  WriteRequest,
  WriteResponse,
} from './schema.js'
import { structSteps } from './steps.js'
import { covers, type Versions } from './versions.js'

// Reading throws MalformedBytes for bytes that are not the message, and leaves bytes behind its end unread (real clients send some).
// Writing throws UnsupportedFieldError for a value that the version cannot carry. Both throw UnsupportedVersionError.

/**
 * Elements of all arrays of a request. A hundred megabytes would hold millions, each of which is told something: more than there is
 * memory for, and nobody else would be answered meanwhile.
 */
export const REQUEST_ELEMENTS_MAX = 100_000

export function readRequest<A extends Api>(api: A, version: number, reader: Reader): ReadRequest<A> {
  reader.elementsLeft = REQUEST_ELEMENTS_MAX
  return requestCodec(api, version).read(reader) as ReadRequest<A>
}

export function writeRequest<A extends Api>(api: A, version: number, writer: Writer, value: WriteRequest<A>): void {
  requestCodec(api, version).write(writer, value)
}

export function readResponse<A extends Api>(api: A, version: number, reader: Reader): ReadResponse<A> {
  return responseCodec(api, version).read(reader) as ReadResponse<A>
}

export function writeResponse<A extends Api>(api: A, version: number, writer: Writer, value: WriteResponse<A>): void {
  responseCodec(api, version).write(writer, value)
}

/** As `writeResponse`, stopping after each element of a list. To be used up, and the value to be left as it is until then. */
export function writeResponseInSteps<A extends Api>(
  api: A,
  version: number,
  writer: Writer,
  value: WriteResponse<A>,
): Generator<undefined, void, undefined> {
  const plan = planStruct(api.response, rulesOf(api, version, true), `${api.name} response v${version}:`)
  return structSteps(plan)(writer, value)
}

export function readMessage<M extends Message>(message: M, version: number, reader: Reader): ReadMessage<M> {
  return messageCodec(message, version).read(reader) as ReadMessage<M>
}

export function writeMessage<M extends Message>(
  message: M,
  version: number,
  writer: Writer,
  value: WriteMessage<M>,
): void {
  messageCodec(message, version).write(writer, value)
}

function requestCodec(api: Api, version: number): Codec {
  const known = api.compiled.request[version] as Codec | undefined
  return known ?? compile(api.compiled.request, api, api.request, version, `${api.name} request`)
}

function responseCodec(api: Api, version: number): Codec {
  const known = api.compiled.response[version] as Codec | undefined
  return known ?? compile(api.compiled.response, api, api.response, version, `${api.name} response`, true)
}

function messageCodec(message: Message, version: number): Codec {
  const known = message.compiled[version] as Codec | undefined
  return known ?? compile(message.compiled, message, message.fields, version, message.name)
}

/** On the first use of a version, and then kept with the schema. */
function compile(
  compiled: unknown[],
  schema: { readonly versions: Versions; readonly flexible: Versions | 'none' },
  shape: Shape,
  version: number,
  title: string,
  dropsFields = false,
): Codec {
  if (!covers(schema.versions, version)) throw new UnsupportedVersionError(`${title} has no version ${version}`)
  const rules = rulesOf(schema, version, dropsFields)
  const plan = planStruct(shape, rules, `${title} v${version}:`)
  const codec = warmingUp(plan, () => {
    compiled[version] = emitCodec(plan)
  })
  compiled[version] = codec
  return codec
}

function rulesOf({ flexible }: { readonly flexible: Versions | 'none' }, version: number, dropsFields: boolean): Rules {
  return { version, isFlexible: flexible !== 'none' && covers(flexible, version), dropsFields }
}

/** So many messages later source is worth its making; most commands end before. */
const USES_BEFORE_SOURCE = 16

function warmingUp(plan: StructPlan, emit: () => void): Codec {
  const { read, write } = structCodec(plan)
  let uses = 0
  const noteUse = (): void => {
    uses++
    if (uses === USES_BEFORE_SOURCE) emit()
  }
  return {
    read: (reader) => {
      noteUse()
      return read(reader)
    },
    write: (writer, value) => {
      noteUse()
      write(writer, value)
    },
  }
}
