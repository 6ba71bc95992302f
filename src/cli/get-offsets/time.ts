import { EARLIEST, LATEST } from '../../client/log-offsets.js'
import {
  EARLIEST_LOCAL,
  EARLIEST_PENDING_UPLOAD,
  LATEST_TIERED,
  MAX_TIMESTAMP,
} from '../../client/partition-offsets.js'
import { parseJavaLong } from '../java-number.js'
import { terse } from './terse.js'

const MOMENTS: Readonly<Record<string, number>> = {
  latest: LATEST,
  earliest: EARLIEST,
  'max-timestamp': MAX_TIMESTAMP,
  'earliest-local': EARLIEST_LOCAL,
  'latest-tiered': LATEST_TIERED,
  'earliest-pending-upload': EARLIEST_PENDING_UPLOAD,
}

/** What --time means on the wire: milliseconds since 1970, or a negative number that stands for a moment. */
export function parseTime(text: string): number {
  const time = Object.hasOwn(MOMENTS, text) ? MOMENTS[text]! : parseJavaLong(text)
  if (time !== null) return time
  const known = Object.entries(MOMENTS).map(([name, number]) => `${number} or ${name}`)
  throw terse(`Malformed time argument ${text}. Please use ${known.join(' / ')}, or a specified long format timestamp`)
}
