import type { SnapshotInfo } from '../../storage/snapshot-store.js'
import { map, number, orNull, type RowIn, rows, shape, text, texts } from '../data/shape.js'

export const SNAPSHOTS = shape('', {
  name: text('as it was saved'),
  takenAtMs: number('milliseconds since 1970'),
  version: text('of klog'),
  clusterId: text('of the broker that was copied'),
  nodeId: number('of the broker that was copied'),
  directories: texts('that were copied; relative ones are below KLOG_HOME'),
  dataDirectories: number('how many of them hold topics'),
  settings: map('what the broker was started with'),
  partitions: number('how many were copied'),
  sizeBytes: number('of their records'),
  brokers: rows('of a cluster, each broker; a single one has none', {
    id: number('its id'),
    port: number('where its clients came'),
    controllerPort: orNull(number('where other nodes came; null without a vote')),
  }),
})

export function snapshotRow(info: SnapshotInfo): RowIn<typeof SNAPSHOTS> {
  const { name, takenAtMs, version, clusterId, nodeId, directories, dataDirectories, settings } = info
  return {
    ...{ name, takenAtMs, version, clusterId, nodeId, directories, dataDirectories, settings },
    ...{ partitions: info.partitions, sizeBytes: info.sizeBytes },
    brokers: (info.brokers ?? []).map(({ id, port, controllerPort }) => ({ id, port, controllerPort })),
  }
}
