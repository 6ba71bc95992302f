import { join } from 'node:path'
import { MalformedBytes } from '../bytes/malformed.js'
import type { MetadataRecord } from '../cluster/records.js'
import { batchesIn } from '../records/batch.js'
import {
  buildKRaftControlBatch,
  buildKRaftControlRecords,
  controlRecordOf,
  type KRaftControlRecord,
} from '../records/control.js'
import { replaceFile } from '../storage/atomic-file.js'
import type { Disk, DiskFile } from '../storage/disk.js'
import type { Slices } from '../storage/slices.js'
import { writeFully } from '../storage/write-fully.js'
import { metadataBatch, metadataRecordsIn } from './metadata-records.js'

const BOOTSTRAP_FILE = 'bootstrap.checkpoint'
const SNAPSHOT_NAME = /^(\d{20})-(\d{10})\.checkpoint$/
/** Made at once, which takes a few milliseconds. */
const RECORDS_PER_BATCH = 1000

/** Everything below `endOffset` of the metadata log, in a file of its own. */
export interface SnapshotId {
  readonly endOffset: number
  /** Leader epoch of the last record in it. */
  readonly epoch: number
}

/** The snapshots beside the metadata log, oldest first. */
export function listSnapshots(disk: Disk, directory: string): SnapshotId[] {
  return (disk.list(directory) ?? [])
    .flatMap((name) => {
      const match = SNAPSHOT_NAME.exec(name)
      return match === null ? [] : [{ endOffset: Number(match[1]), epoch: Number(match[2]) }]
    })
    .sort((a, b) => a.endOffset - b.endOffset || a.epoch - b.epoch)
}

/** @throws MalformedBytes when it is damaged, or cut off */
export function readSnapshot(disk: Disk, directory: string, id: SnapshotId): MetadataRecord[] {
  const bytes = readSnapshotFile(disk, directory, id) ?? Buffer.alloc(0)
  checkSnapshot(bytes, snapshotPath(directory, id))
  return [...metadataRecordsIn(bytes)]
}

/** Null where there is no such snapshot. */
export function readSnapshotFile(disk: Disk, directory: string, id: SnapshotId): Buffer | null {
  return disk.readFile(snapshotPath(directory, id))
}

/** Keeps a snapshot that another node has written. Durable when this returns. @throws MalformedBytes when it is damaged */
export function keepSnapshotFile(disk: Disk, directory: string, id: SnapshotId, bytes: Buffer): void {
  checkSnapshot(bytes, `The snapshot at ${id.endOffset}`)
  replaceFile(disk, snapshotPath(directory, id), bytes, true)
}

function checkSnapshot(bytes: Buffer, name: string): void {
  const batches = [...batchesIn(bytes)]
  const last = batches.at(-1)
  const isWhole = last !== undefined && batches.every((batch) => batch.isCrcValid())
  if (!isWhole || controlRecordOf(last)?.type !== 'SNAPSHOT_FOOTER') throw new MalformedBytes(`${name} is damaged`)
}

/** What stands before the records of a snapshot. */
export interface SnapshotHead {
  readonly timestamp: number
  readonly lastContainedTimestamp: number
  /** Who has a vote; nothing where the voters are configured. */
  readonly voters: readonly KRaftControlRecord[]
}

/** Writes what `records` say as a snapshot. Durable when this returns. */
export function writeSnapshot(
  disk: Disk,
  directory: string,
  id: SnapshotId,
  records: Iterable<MetadataRecord>,
  head: SnapshotHead,
): void {
  const bytes = Buffer.concat([...snapshotChunks(records, id.epoch, head)])
  replaceFile(disk, snapshotPath(directory, id), bytes, true)
}

/** The same a batch at a time, waiting for the device off the main thread; durable when it is done. */
export function* snapshotSlices(
  disk: Disk,
  directory: string,
  id: SnapshotId,
  records: Iterable<MetadataRecord>,
  head: SnapshotHead,
): Slices<void> {
  const path = snapshotPath(directory, id)
  const temporary = `${path}.tmp`
  let isWhole = false
  try {
    yield* writeChunks(disk.open(temporary, 'empty'), snapshotChunks(records, id.epoch, head))
    yield disk.syncFile(temporary)
    disk.rename(temporary, path)
    isWhole = true
  } finally {
    if (!isWhole) disk.remove(temporary)
  }
  yield disk.syncDirectoryLater(directory)
}

function* writeChunks(file: DiskFile, chunks: Iterable<Buffer>): Slices<void> {
  let position = 0
  try {
    for (const chunk of chunks) {
      writeFully(file, [chunk], chunk.length, position)
      position += chunk.length
      yield
    }
  } finally {
    file.close()
  }
}

export function removeSnapshot(disk: Disk, directory: string, id: SnapshotId): void {
  disk.remove(snapshotPath(directory, id))
}

/** What the cluster starts with, as `kafka-storage format` leaves it. Null where nothing was left. @throws MalformedBytes */
export function readBootstrap(disk: Disk, logDirectory: string): MetadataRecord[] | null {
  const bytes = disk.readFile(`${logDirectory}/${BOOTSTRAP_FILE}`)
  return bytes === null ? null : [...metadataRecordsIn(bytes)]
}

/** Whether somebody has formatted the log directory that this metadata log lies in, rather than the broker itself. */
export function hasBootstrap(disk: Disk, directory: string): boolean {
  return disk.stat(join(directory, '..', BOOTSTRAP_FILE)) !== null
}

export function writeBootstrap(
  disk: Disk,
  logDirectory: string,
  records: readonly MetadataRecord[],
  timestamp: number,
): void {
  const bytes = Buffer.concat([...snapshotChunks(records, 0, { timestamp, lastContainedTimestamp: 0, voters: [] })])
  replaceFile(disk, `${logDirectory}/${BOOTSTRAP_FILE}`, bytes, true)
}

/** A header, the records, a footer; offsets count from 0 in every snapshot. */
function* snapshotChunks(
  records: Iterable<MetadataRecord>,
  leaderEpoch: number,
  { timestamp, lastContainedTimestamp, voters }: SnapshotHead,
): Iterable<Buffer> {
  const header = { type: 'SNAPSHOT_HEADER', version: 0, lastContainedLogTimestamp: lastContainedTimestamp } as const
  const head = [header, ...voters]
  yield buildKRaftControlRecords({ records: head, timestamp, baseOffset: 0, leaderEpoch })
  let baseOffset = head.length
  for (const some of inBatches(records)) {
    yield metadataBatch(some, { timestamp, baseOffset, leaderEpoch })
    baseOffset += some.length
  }
  const footer = { type: 'SNAPSHOT_FOOTER', version: 0 } as const
  yield buildKRaftControlBatch({ record: footer, timestamp, baseOffset, leaderEpoch })
}

function* inBatches(records: Iterable<MetadataRecord>): Iterable<MetadataRecord[]> {
  let batch: MetadataRecord[] = []
  for (const record of records) {
    batch.push(record)
    if (batch.length < RECORDS_PER_BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Where it lies. */
export function snapshotPath(directory: string, { endOffset, epoch }: SnapshotId): string {
  return `${directory}/${String(endOffset).padStart(20, '0')}-${String(epoch).padStart(10, '0')}.checkpoint`
}
