import { any, boolean, id, number, orNull, rows, shape, text } from '../data/shape.js'

const FILE = { file: text('as it was named') }
const NOT_OLD = 'null in formats before 0.11'
const BYTES = 'a text, {"base64": …}, what a decoder makes of it, or null'

export const BATCHES = shape(
  '.log and .checkpoint, a row for each batch',
  {
    ...FILE,
    position: number('byte where it begins'),
    sizeBytes: number('its length'),
    magic: number('its format: 2 since Kafka 0.11'),
    baseOffset: orNull(number(`of its first record; ${NOT_OLD}`)),
    lastOffset: number('of its last record'),
    recordCount: orNull(number(NOT_OLD)),
    partitionLeaderEpoch: orNull(number(NOT_OLD)),
    producerId: orNull(id(`-1 for none; ${NOT_OLD}`)),
    producerEpoch: orNull(number(NOT_OLD)),
    baseSequence: orNull(number(NOT_OLD)),
    lastSequence: orNull(number(NOT_OLD)),
    isTransactional: orNull(boolean(NOT_OLD)),
    isControl: orNull(boolean(`it is of Kafka, not of a producer; ${NOT_OLD}`)),
    deleteHorizonMs: orNull(number('when tombstones may go; null where that is not settled')),
    timestampType: orNull(text('CreateTime or LogAppendTime')),
    maxTimestamp: number('milliseconds since 1970'),
    compression: text('none, gzip, snappy, lz4 or zstd'),
    crc: number('its checksum'),
    isValid: boolean('the checksum is right'),
    records: orNull(
      rows('with --deep-iteration, --print-data-log or a decoder, otherwise null', {
        offset: number('of the record'),
        timestamp: number('milliseconds since 1970; -1 for none'),
        sequence: orNull(number(NOT_OLD)),
        key: orNull(any(BYTES)),
        value: orNull(any(BYTES)),
        headers: rows('in their order', { key: text('its name'), value: orNull(any('a text, {"base64": …} or null')) }),
        control: orNull(any('what a control record says, by name; null for any other')),
      }),
    ),
  },
  {
    isLines: true,
    columns: [
      'position',
      'baseOffset',
      'lastOffset',
      'recordCount',
      'producerId',
      'compression',
      'sizeBytes',
      'isValid',
    ],
  },
)

export const OFFSET_ENTRIES = shape(
  '.index',
  {
    ...FILE,
    offset: number('last offset of a batch'),
    position: number('byte where it begins'),
  },
  { isLines: true },
)

export const TIME_ENTRIES = shape(
  '.timeindex',
  {
    ...FILE,
    timestamp: number('milliseconds since 1970'),
    offset: number('of the first record that is not older'),
  },
  { isLines: true },
)

export const ABORTED = shape(
  '.txnindex, a row for each aborted transaction',
  {
    ...FILE,
    version: number('of the entry'),
    producerId: id('of the producer'),
    firstOffset: number('where it begins'),
    lastOffset: number('where it was aborted'),
    lastStableOffset: number('at that moment'),
  },
  { isLines: true },
)

export const PRODUCERS = shape(
  '.snapshot, a row for each producer',
  {
    ...FILE,
    producerId: id('of the producer'),
    producerEpoch: number('of the producer'),
    coordinatorEpoch: number('of who ended its last transaction; -1 for nobody'),
    transactionStartOffset: orNull(number('where its open transaction begins; null without one')),
    lastTimestamp: number('milliseconds since 1970'),
    lastSequence: orNull(number('of its last batch; null for none')),
    lastOffset: orNull(number('of its last batch; null for none')),
    offsetDelta: orNull(number('records of its last batch less one; null for none')),
  },
  { isLines: true, columns: ['producerId', 'producerEpoch', 'transactionStartOffset', 'lastSequence', 'lastOffset'] },
)
