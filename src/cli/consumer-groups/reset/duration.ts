import { JavaError } from '../../java-error.js'

const DURATION = /^([-+]?)P(?:([-+]?\d+)D)?(T(?:([-+]?\d+)H)?(?:([-+]?\d+)M)?(?:([-+]?\d+)(?:[.,](\d{0,9}))?S)?)?$/i

const LONG_MIN = -(2n ** 63n)
const LONG_MAX = 2n ** 63n - 1n
/** Farther away there is no moment that Java knows. */
const SECONDS_MAX = 31_556_889_864_403_199n

const UNITS = [
  { name: 'days', seconds: 86_400n },
  { name: 'hours', seconds: 3_600n },
  { name: 'minutes', seconds: 60n },
  { name: 'seconds', seconds: 1n },
] as const

/**
 * Milliseconds of an ISO 8601 duration in days and smaller: `P1DT2H`, `PT10M`, `PT1.5S`; parts may be negative.
 * @throws JavaError with Java's text when it is none, or too long.
 */
export function parseDurationMs(text: string): number {
  const match = DURATION.exec(text)
  const parts = match === null ? [] : [match[2], match[4], match[5], match[6]]
  if (match === null || parts.every((part) => part === undefined) || match[3]?.toUpperCase() === 'T') {
    throw unparsable('')
  }
  let seconds = 0n
  for (const [i, { name, seconds: unit }] of UNITS.entries()) {
    const count = BigInt((parts[i] ?? '0').replace(/^\+/, ''))
    if (!isLong(count) || !isLong(count * unit)) throw unparsable(`: ${name}`)
    seconds += count * unit
  }
  if (!isLong(seconds)) throw unparsable(': overflow')
  if (seconds > SECONDS_MAX || seconds < -SECONDS_MAX) {
    throw new JavaError('java.time.DateTimeException', 'Instant exceeds minimum or maximum instant')
  }
  const fraction = Number(`0.${match[7] || '0'}`) * (match[6]?.startsWith('-') ? -1 : 1)
  const ms = Number(seconds) * 1000 + fraction * 1000
  return match[1] === '-' ? -ms : ms
}

function isLong(value: bigint): boolean {
  return value >= LONG_MIN && value <= LONG_MAX
}

function unparsable(detail: string): JavaError {
  return new JavaError('java.time.format.DateTimeParseException', `Text cannot be parsed to a Duration${detail}`)
}
