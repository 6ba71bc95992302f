/** Where the fields of a batch of format v2 lie, from the first byte of its base offset. */
export const BASE_OFFSET = 0
export const BATCH_LENGTH = 8
export const LEADER_EPOCH = 12
export const MAGIC = 16
export const CRC = 17
/** The checksum covers everything from here to the end: base offset and leader epoch may change under it. */
export const ATTRIBUTES = 21
export const LAST_OFFSET_DELTA = 23
export const BASE_TIMESTAMP = 27
export const MAX_TIMESTAMP = 35
export const PRODUCER_ID = 43
export const PRODUCER_EPOCH = 51
export const BASE_SEQUENCE = 53
export const RECORD_COUNT = 57
/** Size of the header, and of an empty batch. */
export const BATCH_OVERHEAD_BYTES = 61
/** Base offset and length, which the length does not count. */
export const LENGTH_PREFIX_BYTES = 12
/** Enough bytes of any format to know its length and magic. */
export const MAGIC_PREFIX_BYTES = 17

export const CODEC_MASK = 0x07
export const LOG_APPEND_TIME_BIT = 0x08
export const TRANSACTIONAL_BIT = 0x10
export const CONTROL_BIT = 0x20
export const DELETE_HORIZON_BIT = 0x40
/** The attribute bits that have a meaning. */
export const ATTRIBUTES_MASK = 0x7f

export const NO_PRODUCER_ID = -1n
export const NO_PRODUCER_EPOCH = -1
export const NO_SEQUENCE = -1
export const NO_TIMESTAMP = -1
export const NO_LEADER_EPOCH = -1

/** Codec names by their number in the attributes; 5 to 7 have none. */
export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type Compression = (typeof CODECS)[number]
export type TimestampType = 'CreateTime' | 'LogAppendTime'
