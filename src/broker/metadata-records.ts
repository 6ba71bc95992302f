import { decodeMetadataRecord, encodeMetadataRecord, type MetadataRecord } from '../cluster/records.js'
import { batchesIn, type RecordBatch } from '../records/batch.js'
import { buildBatch } from '../records/builder.js'

/** One batch, so that the records are in the log together or not at all. */
export function metadataBatch(
  records: readonly MetadataRecord[],
  place: { readonly timestamp: number; readonly baseOffset?: number; readonly leaderEpoch?: number },
): Buffer {
  const { timestamp, ...rest } = place
  return buildBatch({
    ...rest,
    records: records.map((record) => ({ timestamp, key: null, value: encodeMetadataRecord(record) })),
  })
}

/** The metadata records of a batch; a control batch has none. @throws MalformedBytes */
export function* metadataRecordsOf(batch: RecordBatch): Generator<MetadataRecord, void, undefined> {
  if (batch.isControl) return
  for (const { value } of batch.records()) if (value !== null) yield decodeMetadataRecord(value)
}

/** The metadata records of a snapshot or a `bootstrap.checkpoint`. @throws MalformedBytes */
export function* metadataRecordsIn(bytes: Buffer): Generator<MetadataRecord, void, undefined> {
  for (const batch of batchesIn(bytes)) yield* metadataRecordsOf(batch)
}
