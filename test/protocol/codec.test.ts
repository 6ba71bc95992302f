import { describe, expect, test } from 'vitest'
import { MalformedBytes } from '../../src/bytes/malformed.js'
import { ZERO_UUID } from '../../src/bytes/uuid.js'
import {
  readMessage,
  readRequest,
  readResponse,
  writeMessage,
  writeRequest,
  writeResponse,
} from '../../src/protocol/codec.js'
import { ConsumerGroupHeartbeat } from '../../src/protocol/messages/consumer-group-heartbeat.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { Heartbeat } from '../../src/protocol/messages/heartbeat.js'
import { JoinGroup } from '../../src/protocol/messages/join-group.js'
import { ListOffsets } from '../../src/protocol/messages/list-offsets.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { UnsupportedFieldError, UnsupportedVersionError } from '../../src/protocol/refusals.js'
import {
  array,
  boolean,
  bytes,
  float64,
  int8,
  int16,
  int32,
  int64,
  int64Bits,
  message,
  records,
  string,
  struct,
  uint16,
  uint32,
  uuid,
} from '../../src/protocol/schema.js'
import { digits, readerOf, written } from './hex.js'

// Version 0 is in the old form, version 1 flexible.
const Sample = message('Sample', {
  versions: '0-1',
  flexible: '1+',
  fields: {
    name: string('0+', { nullable: '0+' }),
    numbers: array('0+', int16, { nullable: '1+' }),
    point: struct('1+', { x: int32('1+'), y: int32('1+', { default: 7 }) }, { nullable: '1+', default: null }),
    hint: int32('1+', { tag: 0, taggedVersions: '1+', default: -1 }),
    labels: array('1+', string, { tag: 1, taggedVersions: '1+' }),
    origin: struct('1+', { x: int32('1+'), note: string('1+') }, { tag: 2, taggedVersions: '1+' }),
  },
})
const BLANK = { name: null, numbers: [], point: null, hint: -1, labels: [], origin: { x: 0, note: '' } }

describe('reading', () => {
  test('a field that the version lacks is there with its default', () => {
    expect(readMessage(Sample, 0, readerOf('ffff 00000000'))).toEqual(BLANK)
  })

  test('values of two readings share nothing that could be changed', () => {
    const [first, second] = [0, 1].map(() => readMessage(Sample, 0, readerOf('ffff 00000000')))
    first!.origin.x = 5
    first!.labels.push('mine')
    expect(second).toEqual(BLANK)
  })

  test('every kind of value stands in its own bytes, big-endian', () => {
    const Every = message('Every', {
      versions: '0',
      flexible: 'none',
      fields: {
        flag: boolean('0+'),
        tiny: int8('0+'),
        short: int16('0+'),
        port: uint16('0+'),
        plain: int32('0+'),
        crc: uint32('0+'),
        long: int64('0+'),
        id: int64Bits('0+'),
        ratio: float64('0+'),
        topic: uuid('0+'),
        blob: bytes('0+'),
        batch: records('0+', { nullable: '0+' }),
      },
    })
    const hex =
      '02 ff fffe ea60 80000000 ffffffff 00000000000003e8 8000000000000001 3ff8000000000000' +
      '000102030405060708090a0b0c0d0e0f 00000001 aa ffffffff'
    const value = readMessage(Every, 0, readerOf(hex))
    expect(value).toEqual({
      flag: true,
      tiny: -1,
      short: -2,
      port: 60000,
      plain: -(2 ** 31),
      crc: 2 ** 32 - 1,
      long: 1000,
      id: -(2n ** 63n) + 1n,
      ratio: 1.5,
      topic: 'AAECAwQFBgcICQoLDA0ODw',
      blob: Buffer.from([0xaa]),
      batch: null,
    })
    expect(written((writer) => writeMessage(Every, 0, writer, value))).toBe(digits(hex).replace(/^02/, '01'))
  })

  test('any negative length is null where null may stand', () => {
    for (const length of ['ffff', 'fffe', '8000']) {
      expect(readMessage(Sample, 0, readerOf(`${length} 00000000`)).name).toBeNull()
    }
    // A compact length is one more; as in Kafka, a varint of 2^31 and more is negative.
    for (const length of ['00', '8180808008']) {
      expect(readMessage(Sample, 1, readerOf(`${length} 01 ff 00`)).name).toBeNull()
    }
  })

  test('null where null may not stand is refused', () => {
    expect(() => readMessage(Sample, 0, readerOf('ffff ffffffff'))).toThrow(MalformedBytes)
    expect(() => readMessage(Sample, 0, readerOf('ffff fffffffe'))).toThrow('numbers cannot be null')
  })

  test('a nullable struct has a byte in front', () => {
    expect(readMessage(Sample, 1, readerOf('00 01 ff 00')).point).toBeNull()
    expect(readMessage(Sample, 1, readerOf('00 01 01 00000003 00000004 00 00')).point).toEqual({ x: 3, y: 4 })
  })

  test('an array longer than the bytes left can hold is refused before memory is spent', () => {
    expect(() => readMessage(Sample, 0, readerOf('ffff 7fffffff 0001'))).toThrow('cannot be 2147483647 long')
    expect(() => readMessage(Sample, 0, readerOf('ffff 00000002 0001'))).toThrow(MalformedBytes)
    expect(() => readMessage(Sample, 1, readerOf('00 ffffffff07 0001'))).toThrow(MalformedBytes)
  })

  test('a string longer than Kafka allows is refused even where the bytes are there', () => {
    const long = 'a'.repeat(2 ** 15)
    expect(() => readMessage(Sample, 1, readerOf(`818002 ${Buffer.from(long).toString('hex')}`))).toThrow(
      MalformedBytes,
    )
  })

  test('a varint of more than five bytes is refused', () => {
    expect(() => readMessage(Sample, 1, readerOf('808080808001 01 ff 00'))).toThrow(MalformedBytes)
  })

  test('what is not UTF-8 becomes U+FFFD', () => {
    expect(readMessage(Sample, 0, readerOf('0002 c328 00000000')).name).toBe('\ufffd(')
  })

  test('bytes behind the end stay unread', () => {
    const reader = readerOf('ffff 00000000 010203')
    readMessage(Sample, 0, reader)
    expect(reader.remaining).toBe(3)
  })
})

describe('tagged fields', () => {
  const READ = '00 01 ff'

  test('are written only where they differ from their default, structs compared whole', () => {
    const write = (value: object): string =>
      written((writer) => writeMessage(Sample, 1, writer, { name: null, numbers: [], ...value }))
    expect(write({})).toBe(digits(`${READ} 00`))
    expect(write({ hint: -1, labels: [], origin: { x: 0, note: '' } })).toBe(digits(`${READ} 00`))
    expect(write({ hint: 1 })).toBe(digits(`${READ} 01 00 04 00000001`))
    expect(write({ labels: ['a'], origin: { x: 0, note: 'b' } })).toBe(
      digits(`${READ} 02 01 03 02 02 61 02 07 00000000 02 62 00`),
    )
  })

  test('are read wherever they stand, and the last of two counts', () => {
    const value = readMessage(Sample, 1, readerOf(`${READ} 03 01 03 02 02 61 00 04 00000001 00 04 00000002`))
    expect(value).toMatchObject({ hint: 2, labels: ['a'] })
  })

  test('are left by their declared size, whatever was read of them', () => {
    expect(readMessage(Sample, 1, readerOf(`${READ} 02 00 06 00000001 ffff 01 03 02 02 61`))).toMatchObject({
      hint: 1,
      labels: ['a'],
    })
  })

  test('that nobody knows are skipped', () => {
    expect(readMessage(Sample, 1, readerOf(`${READ} 02 05 03 010203 ffffffff0f 00`))).toEqual(BLANK)
  })

  test('that are larger than the frame are refused', () => {
    expect(() => readMessage(Sample, 1, readerOf(`${READ} 01 05 04 010203`))).toThrow(MalformedBytes)
    expect(() => readMessage(Sample, 1, readerOf(`${READ} ffffffff07 05 00`))).toThrow(MalformedBytes)
  })

  test('written out with their default value are read to the same value', () => {
    expect(readMessage(Sample, 1, readerOf(`${READ} 01 00 04 ffffffff`))).toEqual(BLANK)
  })
})

describe('writing', () => {
  test('a field that is left out goes out with its default', () => {
    expect(written((writer) => writeRequest(Metadata, 4, writer, { topics: [] }))).toBe('0000000001')
    expect(written((writer) => writeResponse(Heartbeat, 1, writer, { errorCode: 0 }))).toBe('000000000000')
  })

  test('a field that is undefined counts as left out', () => {
    const request = { topics: [], allowAutoTopicCreation: undefined }
    expect(written((writer) => writeRequest(Metadata, 4, writer, request))).toBe('0000000001')
  })

  test('a request refuses what its version cannot carry, unless it may be dropped or is the default', () => {
    const write = (version: number, request: object) => () =>
      written((writer) => writeRequest(Metadata, version, writer, { topics: [], ...request }))
    expect(write(3, { allowAutoTopicCreation: true })).not.toThrow()
    expect(write(3, { allowAutoTopicCreation: false })).toThrow(UnsupportedFieldError)
    expect(write(3, { allowAutoTopicCreation: false })).toThrow(
      'Metadata request v3: allowAutoTopicCreation has no place in this version',
    )
    expect(write(4, { topics: [{ name: 't', topicId: 'AAECAwQFBgcICQoLDA0ODw' }] })).not.toThrow()
  })

  test('a record refuses what its version cannot carry', () => {
    const point = { x: 1, y: 2 }
    const write = () => written((writer) => writeMessage(Sample, 0, writer, { name: '', numbers: [], point }))
    expect(write).toThrow('Sample v0: point has no place in this version')
  })

  test('an answer says what its version can say', () => {
    const partitions = [{ partitionIndex: 0, errorCode: 0, timestamp: -1, offset: 5, leaderEpoch: 3 }]
    const out = written((writer) => writeResponse(ListOffsets, 1, writer, { topics: [{ name: 't', partitions }] }))
    expect(out).toBe(digits('00000001 0001 74 00000001 00000000 0000 ffffffffffffffff 0000000000000005'))
  })

  test('null where the version has none is refused', () => {
    const write = () => written((writer) => writeMessage(Sample, 0, writer, { name: '', numbers: null }))
    expect(write).toThrow('Sample v0: numbers cannot be null in this version')
  })

  test('a string longer than Kafka allows is refused', () => {
    const name = 'ä'.repeat(2 ** 14)
    for (const version of [0, 1]) {
      const write = () => written((writer) => writeMessage(Sample, version, writer, { name, numbers: [] }))
      expect(write).toThrow('name of 32768 bytes is too long')
    }
  })

  test('null goes out as an empty value where the version has only that, and is read back as null', () => {
    const answer = {
      errorCode: 25,
      generationId: -1,
      protocolName: null,
      leader: '',
      memberId: '',
      members: [],
    }
    const out = written((writer) => writeResponse(JoinGroup, 5, writer, answer))
    expect(out).toBe(digits('00000000 0019 ffffffff 0000 0000 0000 00000000'))
    expect(readResponse(JoinGroup, 5, readerOf(out)).protocolName).toBeNull()
  })

  test('records may be several buffers, which are one value', () => {
    const partition = (pieces: Buffer | Buffer[] | null) => ({
      partitionIndex: 0,
      errorCode: 0,
      highWatermark: 1,
      abortedTransactions: null,
      records: pieces,
    })
    const out = (pieces: Buffer | Buffer[] | null, version: number): string =>
      written((writer) =>
        writeResponse(Fetch, version, writer, { responses: [{ topic: 't', partitions: [partition(pieces)] }] }),
      )
    const whole = Buffer.alloc(5000, 1)
    const pieces = [whole.subarray(0, 4000), whole.subarray(4000, 4000), whole.subarray(4000)]
    for (const version of [4, 12]) {
      expect(out(pieces, version)).toBe(out(whole, version))
      expect(out([], version)).toBe(out(Buffer.alloc(0), version))
    }
    expect(out(null, 4).slice(-8)).toBe('ffffffff')
  })

  test('a nullable struct may be null, or left out', () => {
    const request = { groupId: 'g', memberId: 'm', memberEpoch: 0 }
    const answer = { errorCode: 0, memberEpoch: 1, heartbeatIntervalMs: 5 }
    expect(written((writer) => writeResponse(ConsumerGroupHeartbeat, 0, writer, answer)).slice(-4)).toBe('ff00')
    expect(
      written((writer) => writeResponse(ConsumerGroupHeartbeat, 0, writer, { ...answer, assignment: null })).slice(-4),
    ).toBe('ff00')
    const out = written((writer) => writeRequest(ConsumerGroupHeartbeat, 1, writer, request))
    expect(readRequest(ConsumerGroupHeartbeat, 1, readerOf(out))).toMatchObject({ ...request, topicPartitions: null })
  })

  test('a nullable struct in a tag has a varint in front, 0 for null', () => {
    const Tagged = message('Tagged', {
      versions: '0',
      flexible: '0+',
      fields: { point: struct('0+', { x: int8('0+') }, { nullable: '0+', tag: 0, taggedVersions: '0+' }) },
    })
    const cases: [string, { x: number } | null][] = [
      ['01 00 01 00', null],
      ['01 00 03 01 05 00', { x: 5 }],
      ['00', { x: 0 }],
    ]
    for (const [bytes, point] of cases) {
      expect(written((writer) => writeMessage(Tagged, 0, writer, { point }))).toBe(digits(bytes))
      expect(readMessage(Tagged, 0, readerOf(bytes))).toEqual({ point })
    }
  })

  test('a uuid that is left out is the zero uuid', () => {
    const out = written((writer) => writeRequest(Metadata, 12, writer, { topics: [{ name: 't' }] }))
    expect(out).toContain('00'.repeat(16))
    expect(readRequest(Metadata, 12, readerOf(out)).topics).toEqual([{ topicId: ZERO_UUID, name: 't' }])
  })
})

test('a version outside of the schema is an error of its own kind', () => {
  for (const version of [-1, 2, 99]) {
    expect(() => readMessage(Sample, version, readerOf(''))).toThrow(UnsupportedVersionError)
    expect(() => written((writer) => writeMessage(Sample, version, writer, { name: '', numbers: [] }))).toThrow(
      `Sample has no version ${version}`,
    )
  }
})

test('the hundredth message is written and read as the first, though source was made for it meanwhile', () => {
  const request = { topics: [{ name: 't' }, { name: null, topicId: ZERO_UUID }], allowAutoTopicCreation: false }
  const texts = Array.from({ length: 100 }, () => written((writer) => writeRequest(Metadata, 12, writer, request)))
  expect(new Set(texts).size).toBe(1)
  const [text = ''] = texts
  const answers = texts.map(() => readRequest(Metadata, 12, readerOf(text)))
  for (const answer of answers) expect(answer).toEqual(answers[0])
})
