import type { SnapshotInfo } from '../../storage/snapshot-store.js'
import { fitting, table } from '../columns.js'

/** A line for each snapshot. */
export function snapshotsText(snapshots: readonly SnapshotInfo[]): string {
  if (snapshots.length === 0) return 'There are no snapshots. Take one: klog snap save NAME'
  const rows = snapshots.map(({ name, takenAtMs, partitions, sizeBytes }) => [
    ...[name, new Date(takenAtMs).toISOString(), String(partitions), String(sizeBytes)],
  ])
  const titles = ['NAME', 'TAKEN', 'PARTITIONS', 'BYTES']
  const columns = titles.map((title, i) =>
    fitting(
      title,
      title.length,
      rows.map((row) => row[i]!),
    ),
  )
  const lines = table(columns, rows).trim().split('\n')
  return lines.map((line) => line.trimEnd()).join('\n')
}
