import { number, orNull, type RowIn, shape, text } from '../data/shape.js'
import { type OffsetRow, rowName } from './sample.js'

export const LAG = shape(
  '',
  {
    group: text('its id'),
    topic: text('a topic that it reads'),
    partition: number('a partition of it'),
    lag: orNull(number('records not read yet; null where nothing is committed, or there is no leader')),
    secondsBehind: orNull(number('age of the first record not read; 0 when all is read')),
    trend: orNull(text('growing, shrinking or steady, since the last look')),
    currentOffset: orNull(number('committed; null for none')),
    logEndOffset: orNull(number('of the partition; null without a leader')),
    clientId: orNull(text('of the member that reads it; null for nobody')),
  },
  { columns: ['group', 'topic', 'partition', 'lag', 'secondsBehind', 'trend', 'clientId'] },
)

export type LagRow = RowIn<typeof LAG>

/** @param before what was seen at the last look; `since` when the first unread record was written, by `rowName`. */
export function lagRows(
  rows: readonly OffsetRow[],
  before: readonly OffsetRow[],
  since: ReadonlyMap<string, number>,
  nowMs: number,
): LagRow[] {
  const earlier = new Map(before.map((row) => [rowName(row), row.lag]))
  return rows.map((row) => {
    const { group, topic, partition, lag, currentOffset, logEndOffset, clientId } = row
    const writtenAt = since.get(rowName(row))
    const age = writtenAt === undefined ? null : Math.max(0, Math.round((nowMs - writtenAt) / 1000))
    return {
      group,
      topic,
      partition,
      lag,
      secondsBehind: lag !== null && lag <= 0 ? 0 : age,
      trend: trendOf(earlier.get(rowName(row)) ?? null, lag),
      currentOffset,
      logEndOffset,
      clientId,
    }
  })
}

function trendOf(before: number | null, now: number | null): string | null {
  if (before === null || now === null) return null
  return now > before ? 'growing' : now < before ? 'shrinking' : 'steady'
}
