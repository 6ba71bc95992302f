/**
 * `String.format("%.Nf", value)`: the shortest decimal that means `value`, rounded half up. JavaScript rounds the binary
 * number instead, which differs for halves.
 */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value)
  const [mantissa, exponent] = Math.abs(value).toExponential().split('e')
  const all = mantissa!.replace('.', '')
  const wholeLength = Number(exponent) + 1
  // All digits without a point, so many of them behind it.
  const padded = all.padStart(all.length + Math.max(0, 1 - wholeLength), '0')
  const pointAt = Math.max(1, wholeLength)
  const scaled = padded.padEnd(pointAt + digits + 1, '0')
  const kept = BigInt(scaled.slice(0, pointAt + digits)) + (scaled[pointAt + digits]! >= '5' ? 1n : 0n)
  const text = String(kept).padStart(digits + 1, '0')
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const whole = text.slice(0, text.length - digits)
  return digits === 0 ? sign + text : `${sign}${whole}.${text.slice(text.length - digits)}`
}
