import { writeFileSync } from 'node:fs'
import { ZERO_UUID } from '../../src/bytes/uuid.js'
import { Writer } from '../../src/bytes/writer.js'
import { writeRequest, writeResponse } from '../../src/protocol/codec.js'
import { type HeaderApi, writeRequestHeader, writeResponseHeader } from '../../src/protocol/header.js'
import { ApiVersions } from '../../src/protocol/messages/api-versions.js'
import { Fetch } from '../../src/protocol/messages/fetch.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { Produce } from '../../src/protocol/messages/produce.js'

// The newest versions in which all lengths have four bytes: the programs in C find offsets and lengths where they always are.
const PRODUCE_VERSION = 8
const FETCH_VERSION = 11
const METADATA_VERSION = 8
const FETCH_BYTES_MAX = 8 * 1024 * 1024
const OFFSET_MARK = 0x00ab_cdef_0123_4567n

export interface Produced {
  /** As in Produce; 1 where it is left out. */
  readonly acks?: number
  readonly partition?: number
  readonly transactionalId?: string
}

/** A whole request to one partition, the first where none is named. */
export function produceFrame(topic: string, records: Buffer, more: Produced = {}): Buffer {
  const { acks = 1, partition = 0, transactionalId = null } = more
  return request(Produce, PRODUCE_VERSION, (writer) =>
    writeRequest(Produce, PRODUCE_VERSION, writer, {
      transactionalId,
      acks,
      timeoutMs: 30_000,
      topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
    }),
  )
}

/** Where the error code lies in the answer to {@link produceFrame}: lengths, correlation id, topic and partition are before it. */
export const produceErrorAt = (topic: string): number => 22 + Buffer.byteLength(topic)

/** A request for partition 0, where its offset lies in it, and how long the answer is before its records. */
export interface FetchFrame {
  readonly frame: Buffer
  readonly offsetAt: number
  readonly headBytes: number
}

export function fetchFrame(
  topic: string,
  isolation: 'read_uncommitted' | 'read_committed' = 'read_uncommitted',
): FetchFrame {
  const frame = request(Fetch, FETCH_VERSION, (writer) =>
    writeRequest(Fetch, FETCH_VERSION, writer, {
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: FETCH_BYTES_MAX,
      isolationLevel: isolation === 'read_committed' ? 1 : 0,
      topics: [
        {
          topic,
          partitions: [{ partition: 0, fetchOffset: Number(OFFSET_MARK >> 8n), partitionMaxBytes: FETCH_BYTES_MAX }],
        },
      ],
      forgottenTopicsData: [],
    }),
  )
  const mark = Buffer.alloc(8)
  mark.writeBigInt64BE(OFFSET_MARK >> 8n)
  return { frame, offsetAt: frame.indexOf(mark), headBytes: fetchAnswer(topic).length }
}

/** Writes the answers of the C program that does the least, one file an API key. */
export function writeFloorAnswers(directory: string, port: number, topic: string): void {
  const answers: [number, Buffer][] = [
    [
      Produce.key,
      answer(Produce, PRODUCE_VERSION, (writer) =>
        writeResponse(Produce, PRODUCE_VERSION, writer, producedAnswer(topic)),
      ),
    ],
    [Fetch.key, fetchAnswer(topic)],
    [
      Metadata.key,
      answer(Metadata, METADATA_VERSION, (writer) =>
        writeResponse(Metadata, METADATA_VERSION, writer, metadataAnswer(port, topic)),
      ),
    ],
    [ApiVersions.key, answer(ApiVersions, 3, (writer) => writeResponse(ApiVersions, 3, writer, versionsAnswer()))],
  ]
  for (const [key, bytes] of answers) writeFileSync(`${directory}/${key}.answer`, bytes)
}

const producedAnswer = (name: string) => ({
  responses: [{ name, partitionResponses: [{ index: 0, errorCode: 0, baseOffset: 0, logStartOffset: 0 }] }],
})

const metadataAnswer = (port: number, name: string) => ({
  brokers: [{ nodeId: 1, host: '127.0.0.1', port, rack: null }],
  clusterId: 'floor',
  controllerId: 1,
  topics: [
    {
      errorCode: 0,
      name,
      topicId: ZERO_UUID,
      isInternal: false,
      partitions: [
        {
          errorCode: 0,
          partitionIndex: 0,
          leaderId: 1,
          leaderEpoch: 0,
          replicaNodes: [1],
          isrNodes: [1],
          offlineReplicas: [],
        },
      ],
    },
  ],
})

const versionsAnswer = () => ({
  errorCode: 0,
  apiKeys: [
    { apiKey: Produce.key, minVersion: 3, maxVersion: PRODUCE_VERSION },
    { apiKey: Fetch.key, minVersion: 4, maxVersion: FETCH_VERSION },
    { apiKey: Metadata.key, minVersion: 0, maxVersion: METADATA_VERSION },
    { apiKey: ApiVersions.key, minVersion: 0, maxVersion: 3 },
  ],
})

/** Without its records: their length is the last four bytes. */
function fetchAnswer(topic: string): Buffer {
  return answer(Fetch, FETCH_VERSION, (writer) =>
    writeResponse(Fetch, FETCH_VERSION, writer, {
      responses: [
        {
          topic,
          partitions: [
            { partitionIndex: 0, errorCode: 0, highWatermark: 0, abortedTransactions: null, records: Buffer.alloc(0) },
          ],
        },
      ],
    }),
  )
}

function request(api: HeaderApi, version: number, body: (writer: Writer) => void): Buffer {
  return framed((writer) => {
    writeRequestHeader(writer, api, { version, correlationId: 1, clientId: 'bench' })
    body(writer)
  })
}

function answer(api: HeaderApi, version: number, body: (writer: Writer) => void): Buffer {
  return framed((writer) => {
    writeResponseHeader(writer, api, version, { correlationId: 1 })
    body(writer)
  })
}

function framed(write: (writer: Writer) => void): Buffer {
  const writer = new Writer()
  write(writer)
  const payload = writer.toBuffer()
  const length = Buffer.alloc(4)
  length.writeInt32BE(payload.length)
  return Buffer.concat([length, payload])
}
