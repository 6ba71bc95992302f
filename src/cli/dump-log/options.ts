import { UserError } from '../../base/user-error.js'
import { type DataFormat, OUTPUT_OPTION, readFormat } from '../data/output-option.js'
import { type Options, optionSpecs } from '../kafka-options.js'
import { requireOptions } from '../option-rules.js'
import type { ToolIo } from '../tool.js'
import type { RecordDecoder } from './decoder.js'
import { clusterMetadataDecoder } from './metadata-decoder.js'
import { plainDecoder } from './plain-decoder.js'
import { offsetsDecoder, shareGroupStateDecoder, transactionLogDecoder } from './state-decoder.js'

const MAX_BYTES_DEFAULT = 2 ** 31 - 1
const MAX_MESSAGE_BYTES_DEFAULT = 5 * 1024 * 1024

export const DUMP_LOG_OPTIONS = optionSpecs([
  {
    name: 'files',
    argument: 'required',
    value: 'f1,f2,…',
    about: 'Required. What to dump: .log, .index, .timeindex, .txnindex, .snapshot or .checkpoint files.',
  },
  { name: 'print-data-log', about: 'Print keys and values too.' },
  { name: 'deep-iteration', about: 'Print a line for each record, not only for each batch.' },
  { name: 'verify-index-only', about: 'Compare an index with its log without printing the entries.' },
  { name: 'index-sanity-check', about: 'Check an index as a broker does when it starts, and nothing else.' },
  {
    name: 'max-message-size',
    argument: 'required',
    type: 'int',
    value: 'bytes',
    about: 'Most that is read of a log for one entry of its index; 5242880 unless given.',
  },
  {
    name: 'max-bytes',
    argument: 'required',
    type: 'int',
    value: 'bytes',
    about: 'Dump only what lies whole in so many bytes from the start of a log.',
  },
  {
    name: 'key-decoder-class',
    argument: 'optional',
    value: 'class',
    about:
      'How keys are shown: StringDecoder, LongDecoder, IntegerDecoder or DefaultDecoder of org.apache.kafka.tools.api.',
  },
  { name: 'value-decoder-class', argument: 'optional', value: 'class', about: 'How values are shown.' },
  { name: 'offsets-decoder', about: 'The files are of __consumer_offsets: print its records as JSON.' },
  { name: 'transaction-log-decoder', about: 'The files are of __transaction_state: print its records as JSON.' },
  { name: 'cluster-metadata-decoder', about: 'The files are of __cluster_metadata: print its records as JSON.' },
  { name: 'remote-log-metadata-decoder', about: 'The files are of __remote_log_metadata, which klog cannot read.' },
  { name: 'share-group-state-decoder', about: 'The files are of __share_group_state: print its records as JSON.' },
  { name: 'skip-record-metadata', about: 'Print keys and values only, not offset, time and sizes of a record.' },
  OUTPUT_OPTION,
])

export type DumpLogOptions = Options<(typeof DUMP_LOG_OPTIONS)[number]['name']>

export interface DumpPlan {
  readonly files: readonly string[]
  /** A line for each record. */
  readonly isDeep: boolean
  /** Prints keys and values; null without. */
  readonly decoder: RecordDecoder | null
  /** What that makes of them: JSON as far as it can be read, or the text of some class; null for the bytes as they are. */
  readonly decodesTo: 'json' | 'text' | null
  readonly format: DataFormat | null
  readonly showsRecordMetadata: boolean
  readonly verifiesOnly: boolean
  readonly checksSanityOnly: boolean
  /** Null: all of it. */
  readonly bytesMax: number | null
  readonly messageBytesMax: number
}

/** What is wrong with an option shows when a file wants it, as in Kafka. */
export function dumpPlan(options: DumpLogOptions, io: ToolIo): DumpPlan {
  requireOptions(options, 'files')
  let decoder: RecordDecoder | null | undefined
  return {
    files: fileNames(options.text('files')!),
    get isDeep() {
      return this.decoder !== null || options.has('deep-iteration')
    },
    get decoder() {
      if (decoder === undefined) decoder = decoderOf(options, io)
      return decoder
    },
    decodesTo: decodedForm(options),
    format: readFormat(options.text('output')),
    showsRecordMetadata: !options.has('skip-record-metadata'),
    verifiesOnly: options.has('verify-index-only'),
    checksSanityOnly: options.has('index-sanity-check'),
    get bytesMax() {
      const bytesMax = options.int('max-bytes') ?? MAX_BYTES_DEFAULT
      return bytesMax === MAX_BYTES_DEFAULT ? null : bytesMax
    },
    get messageBytesMax() {
      return options.int('max-message-size') ?? MAX_MESSAGE_BYTES_DEFAULT
    },
  }
}

/** As Java splits: empty names at the end do not count, unless nothing was given. */
function fileNames(text: string): readonly string[] {
  const names = text.replace(/,+$/, '')
  return names === '' && text !== '' ? [] : names.split(',')
}

function decodedForm(options: DumpLogOptions): 'json' | 'text' | null {
  if (JSON_DECODERS.some((name) => options.has(name))) return 'json'
  return options.has('key-decoder-class') || options.has('value-decoder-class') ? 'text' : null
}

const JSON_DECODERS = [
  'offsets-decoder',
  'transaction-log-decoder',
  'cluster-metadata-decoder',
  'share-group-state-decoder',
] as const

/** Of several decoders the first in this order counts, as in Kafka. */
function decoderOf(options: DumpLogOptions, io: ToolIo): RecordDecoder | null {
  if (options.has('offsets-decoder')) return offsetsDecoder
  if (options.has('transaction-log-decoder')) return transactionLogDecoder
  if (options.has('cluster-metadata-decoder')) return clusterMetadataDecoder
  if (options.has('remote-log-metadata-decoder')) {
    return () => {
      throw new UserError('klog has no tiered storage and cannot read its metadata', 'dump the files without a decoder')
    }
  }
  if (options.has('share-group-state-decoder')) return shareGroupStateDecoder
  const isAsked =
    options.has('print-data-log') || options.has('key-decoder-class') || options.has('value-decoder-class')
  return isAsked
    ? plainDecoder(options.text('key-decoder-class'), options.text('value-decoder-class'), io.random)
    : null
}
