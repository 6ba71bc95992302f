import { JavaError, runtimeException } from '../../java-error.js'

/** Number fields are as long as they like, as Java's `yyyy-MM-dd'T'HH:mm:ss.SSS` reads them; what follows does not count. */
const DATE_TIME = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)\.(\d+)(Z|([+-])(\d\d):([0-5]\d)|([+-])(\d\d))/

/** What Java's calendar takes for a time zone. */
const ZONE_MINUTES = { min: -13 * 60, max: 14 * 60 } as const

/**
 * Milliseconds since 1970 of `2026-01-31T12:00:00.000`, with or without a zone; UTC without.
 * @throws JavaError with Java's text when it is no such time.
 */
export function parseDateTime(text: string): number {
  const [, time] = text.split('T')
  if (time === undefined || time === '') {
    throw refused("Error parsing timestamp. It does not contain a 'T' according to ISO8601 format")
  }
  const zoned = /[+\-Z]/.test(time) ? text : `${text}Z`
  const match = DATE_TIME.exec(zoned)
  const ms = match === null ? null : millisecondsOf(match)
  if (ms === null) throw refused(`Unparseable date: "${zoned}"`)
  return ms
}

/** Null when a field is out of its range, such as the 30th of February. */
function millisecondsOf(match: RegExpExecArray): number | null {
  const [year, month, day, hour, minute, second, ms] = match.slice(1, 8).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  // Written field by field: Date.UTC takes years below 100 for those of the 20th century.
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second, ms)
  const isSame =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second &&
    date.getUTCMilliseconds() === ms
  if (!isSame) return null
  const sign = (match[9] ?? match[12]) === '-' ? -1 : 1
  const zoneMinutes = Number(match[10] ?? match[13] ?? 0) * 60 + Number(match[11] ?? 0)
  const offset = sign * zoneMinutes
  return offset < ZONE_MINUTES.min || offset > ZONE_MINUTES.max ? null : date.getTime() - offset * 60_000
}

function refused(message: string): JavaError {
  return runtimeException(new JavaError('java.text.ParseException', message))
}
