import { array, int16, int32, int64, int64Bits, message, uint32 } from '../schema.js'

/**
 * What a partition remembers of its producers, in `*.snapshot` files: the version as int16, then the fields. `crc`
 * covers what follows it.
 */
export const ProducerSnapshot = message('ProducerSnapshot', {
  versions: '1',
  flexible: 'none',
  fields: {
    crc: uint32('1'),
    producerEntries: array('1', {
      producerId: int64Bits('1'),
      epoch: int16('1'),
      lastSequence: int32('1'),
      lastOffset: int64('1'),
      offsetDelta: int32('1'),
      timestamp: int64('1'),
      coordinatorEpoch: int32('1'),
      currentTxnFirstOffset: int64('1'),
    }),
  },
})
