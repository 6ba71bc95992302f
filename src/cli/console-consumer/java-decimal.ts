/** A double as Java prints it: always with a fraction, with an exponent below 0.001 and from ten million on. */
export function javaDouble(value: number): string {
  return decimal(
    value,
    (digits) => value.toExponential(digits),
    (text) => Number(text) === value,
  )
}

/** A float as Java prints it: the shortest decimal that means this float and no other. */
export function javaFloat(value: number): string {
  return decimal(
    value,
    (digits) => value.toExponential(digits),
    (text) => Math.fround(Number(text)) === value,
  )
}

const DIGITS_MAX = 17

function decimal(value: number, exponential: (digits: number) => string, isExact: (text: string) => boolean): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  let text = exponential(DIGITS_MAX)
  // Java shows two digits at least, which decides how the very smallest numbers look.
  for (let digits = 1; digits < DIGITS_MAX; digits++) {
    text = exponential(digits)
    if (isExact(text)) break
  }
  const [, sign, whole, fraction, exponent] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)!
  const digits = `${whole}${(fraction ?? '').replace(/0+$/, '')}`
  return `${sign}${placed(digits, Number(exponent))}`
}

function placed(digits: string, exponent: number): string {
  if (exponent < -3 || exponent >= 7) return `${digits[0]}.${digits.slice(1) || '0'}E${exponent}`
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${whole}.${digits.slice(exponent + 1) || '0'}`
}
