import { crc32c } from '../../bytes/crc32c.js'
import { JavaError } from '../java-error.js'
import { javaUtf8 } from '../java-utf8.js'
import { javaDouble, javaFloat } from './java-decimal.js'

/** What a field looks like when it is printed. @throws JavaError when the bytes are not of the type. */
export type Deserialize = (bytes: Buffer) => string

const PACKAGE = 'org.apache.kafka.common.serialization.'

/**
 * Kafka's deserializer of that class name, with or without its package; null if there is none.
 * @param properties its settings, such as `deserializer.encoding`.
 */
export function deserializer(className: string, properties: ReadonlyMap<string, string>): Deserialize | null {
  const name = className.startsWith(PACKAGE) ? className.slice(PACKAGE.length) : className
  if (name === 'StringDeserializer') return stringDeserializer(properties)
  return Object.hasOwn(DESERIALIZERS, name) ? DESERIALIZERS[name]! : null
}

const DESERIALIZERS: Readonly<Record<string, Deserialize>> = {
  ShortDeserializer: (bytes) => String(sized(bytes, 2, 'ShortDeserializer').readInt16BE()),
  IntegerDeserializer: (bytes) => String(sized(bytes, 4, 'IntegerDeserializer').readInt32BE()),
  LongDeserializer: (bytes) => String(sized(bytes, 8, 'LongDeserializer').readBigInt64BE()),
  FloatDeserializer: (bytes) => javaFloat(sized(bytes, 4, 'Deserializer').readFloatBE()),
  DoubleDeserializer: (bytes) => javaDouble(sized(bytes, 8, 'Deserializer').readDoubleBE()),
  BooleanDeserializer: booleanText,
  UUIDDeserializer: uuidText,
  BytesDeserializer: printable,
  // Java prints the identity of an array, which says nothing: ours is at least the same for the same bytes.
  ByteArrayDeserializer: (bytes) => `[B@${crc32c(bytes, 0, bytes.length).toString(16)}`,
  ByteBufferDeserializer: ({ length }) => `java.nio.HeapByteBuffer[pos=0 lim=${length} cap=${length}]`,
  VoidDeserializer: () => {
    throw new JavaError('java.lang.IllegalArgumentException', 'Data should be null for a VoidDeserializer.')
  },
}

function stringDeserializer(properties: ReadonlyMap<string, string>): Deserialize {
  const name =
    properties.get('key.deserializer.encoding') ??
    properties.get('value.deserializer.encoding') ??
    properties.get('deserializer.encoding') ??
    'UTF-8'
  const decode = CHARSETS[name.toUpperCase()]
  if (decode !== undefined) return decode
  return () => {
    throw serializationException(`Unsupported encoding ${name}`)
  }
}

const ascii: Deserialize = (bytes) => bytes.toString('latin1').replace(/[\x80-\xff]/g, '\ufffd')
const utf16 = (label: string): Deserialize => {
  const decoder = new TextDecoder(label, { ignoreBOM: true })
  return (bytes) => decoder.decode(bytes)
}
const CHARSETS: Readonly<Record<string, Deserialize>> = {
  'UTF-8': javaUtf8,
  UTF8: javaUtf8,
  'US-ASCII': ascii,
  ASCII: ascii,
  'ISO-8859-1': (bytes) => bytes.toString('latin1'),
  ISO8859_1: (bytes) => bytes.toString('latin1'),
  LATIN1: (bytes) => bytes.toString('latin1'),
  'UTF-16BE': utf16('utf-16be'),
  'UTF-16LE': utf16('utf-16le'),
  'UTF-16': (bytes) => {
    const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE()
    if (mark === 0xfffe) return utf16('utf-16le')(bytes.subarray(2))
    return utf16('utf-16be')(mark === 0xfeff ? bytes.subarray(2) : bytes)
  },
}

function sized(bytes: Buffer, size: number, name: string): Buffer {
  if (bytes.length === size) return bytes
  throw serializationException(`Size of data received by ${name} is not ${size}`)
}

function booleanText(bytes: Buffer): string {
  const byte = sized(bytes, 1, 'BooleanDeserializer').readInt8()
  if (byte !== 0 && byte !== 1) throw serializationException(`Unexpected byte received by BooleanDeserializer: ${byte}`)
  return byte === 1 ? 'true' : 'false'
}

const UUID_LENGTHS = [8, 4, 4, 4, 12]

/** Groups of any length are taken: of a longer one the last digits count, as in Java. */
function uuidText(bytes: Buffer): string {
  const text = bytes.toString()
  const groups = text.split('-')
  const isSound = text.length <= 36 && groups.length === 5 && groups.every((group) => /^[0-9a-f]{1,16}$/i.test(group))
  if (!isSound) throw serializationException('Error parsing data into UUID')
  return groups
    .map((group, i) => group.toLowerCase().padStart(UUID_LENGTHS[i]!, '0').slice(-UUID_LENGTHS[i]!))
    .join('-')
}

function printable(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[^ -[\]-~]/g, (char) => `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}

function serializationException(message: string): JavaError {
  return new JavaError('org.apache.kafka.common.errors.SerializationException', message)
}
