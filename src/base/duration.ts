const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
type Unit = keyof typeof UNIT_MS

/** Ten thousand years: beyond it dates can no longer be written. */
const DURATION_MS_MAX = 10_000 * 366 * UNIT_MS.d

/**
 * Milliseconds of `90s`, `8d`, `1d12h`: whole numbers, each with a unit of ms, s, m, h, d, w, the larger ones first. Null for
 * anything else.
 */
export function parseDuration(text: string): number | null {
  if (!/^(\d+w)?(\d+d)?(\d+h)?(\d+m(?!s))?(\d+s)?(\d+ms)?$/.test(text)) return null
  const parts = [...text.matchAll(/(\d+)(ms|[smhdw])/g)]
  if (parts.length === 0) return null
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit as Unit], 0)
  return ms <= DURATION_MS_MAX ? ms : null
}

/** In the same form, down to the second; below one, in milliseconds. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.floor(ms))}ms`
  let left = ms
  return (['d', 'h', 'm', 's'] as const)
    .map((unit) => {
      const count = Math.floor(left / UNIT_MS[unit])
      left -= count * UNIT_MS[unit]
      return count === 0 ? '' : `${count}${unit}`
    })
    .join('')
}
