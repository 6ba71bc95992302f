/** `Double.parseDouble` for decimal notation: a suffix `d` or `f` is allowed, hexadecimal is not taken. null if it is no number. */
export function parseJavaDouble(text: string): number | null {
  const named = /^([+-]?)(NaN|Infinity)$/.exec(text)
  if (named !== null) return named[2] === 'NaN' ? Number.NaN : named[1] === '-' ? -Infinity : Infinity
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?[df]?$/i.test(text) ? Number(text.replace(/[df]$/i, '')) : null
}

/** `Double.toString`: always with a decimal point, with an exponent below 0.001 and from 10,000,000. */
export function doubleText(value: number): string {
  const size = Math.abs(value)
  if (!Number.isFinite(value)) return String(value)
  if (size === 0 || (size >= 1e-3 && size < 1e7))
    return Number.isInteger(value) ? `${wholeText(value)}.0` : String(value)
  const [digits, exponent] = value.toExponential().split('e')
  return `${digits!.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}

function wholeText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}
