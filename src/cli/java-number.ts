const INT_MIN = -(2n ** 31n)
const INT_MAX = 2n ** 31n - 1n
const LONG_MIN = -(2n ** 63n)
const LONG_MAX = 2n ** 63n - 1n

/** As `Integer.valueOf`: a sign and decimal digits, nothing else; null where Java throws. */
export function parseJavaInt(text: string): number | null {
  return parse(text, INT_MIN, INT_MAX)
}

/** As `Long.valueOf`, null where Java throws; beyond 2^53 the nearest number that is still exact. */
export function parseJavaLong(text: string): number | null {
  return parse(text, LONG_MIN, LONG_MAX)
}

function parse(text: string, min: bigint, max: bigint): number | null {
  if (!/^[+-]?\d{1,40}$/.test(text)) return null
  const value = BigInt(text.replace(/^\+/, ''))
  if (value < min || value > max) return null
  return Math.min(Math.max(Number(value), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)
}
