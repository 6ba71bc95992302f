import type { Random } from '../../base/random.js'
import { UserError } from '../../base/user-error.js'
import type { RecordDecoder } from './decoder.js'

type Decode = (bytes: Buffer, random: Random) => string

const PACKAGE = 'org.apache.kafka.tools.api.'
const DECODERS: Readonly<Record<string, Decode>> = {
  StringDecoder: (bytes) => bytes.toString(),
  LongDecoder: (bytes) => (bytes.length < 8 ? '' : String(bytes.readBigInt64BE(0))),
  IntegerDecoder: (bytes) => (bytes.length < 4 ? '' : String(bytes.readInt32BE(0))),
  // Java prints where an array lies, not what is in it.
  DefaultDecoder: (_, random) => `[B@${random.int(2 ** 31).toString(16)}`,
}

/** Keys and values of records that people wrote. @throws UserError for a decoder that klog does not have. */
export function plainDecoder(
  keyClass: string | undefined,
  valueClass: string | undefined,
  random: Random,
): RecordDecoder {
  const key = decodeBy(keyClass)
  const value = decodeBy(valueClass)
  return (record) => ({
    key: record.key === null ? null : key(record.key, random),
    payload: record.value === null ? null : value(record.value, random),
  })
}

/** Kafka says less: the tool prints that line too. */
export class UnknownDecoder extends UserError {
  override name = 'UnknownDecoder'
}

function decodeBy(className = `${PACKAGE}StringDecoder`): Decode {
  const decode = className.startsWith(PACKAGE) ? DECODERS[className.slice(PACKAGE.length)] : undefined
  if (decode !== undefined) return decode
  const known = Object.keys(DECODERS).map((name) => PACKAGE + name)
  throw new UnknownDecoder(`klog cannot load the decoder ${className}`, `there are: ${known.join(', ')}`)
}
