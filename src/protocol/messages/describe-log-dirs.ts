import { api, array, boolean, int16, int32, int64, string } from '../schema.js'

/**
 * Tells what lies in a broker's log directories; `topics` null asks for all (KIP-113). v3 can refuse as a whole, v4
 * adds the volume's size (KIP-827), v5 cordoned directories (KIP-1066).
 */
export const DescribeLogDirs = api(35, 'DescribeLogDirs', {
  versions: '1-5',
  flexible: '2+',
  request: {
    topics: array('0+', { topic: string('0+', { mapKey: true }), partitions: array('0+', int32) }, { nullable: '0+' }),
  },
  response: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('3+', { ignorable: true }),
    results: array('0+', {
      errorCode: int16('0+'),
      logDir: string('0+'),
      topics: array('0+', {
        name: string('0+'),
        partitions: array('0+', {
          partitionIndex: int32('0+'),
          partitionSize: int64('0+'),
          offsetLag: int64('0+'),
          isFutureKey: boolean('0+'),
        }),
      }),
      totalBytes: int64('4+', { default: -1, ignorable: true }),
      usableBytes: int64('4+', { default: -1, ignorable: true }),
      isCordoned: boolean('5+', { default: false, ignorable: true }),
    }),
  },
})
