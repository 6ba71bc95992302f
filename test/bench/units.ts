// How figures are printed.

export const ms = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`
export const us = (value: number): string =>
  value < 10_000 ? `${value.toFixed(0)} µs` : `${(value / 1000).toFixed(1)} ms`
/** Of bytes per second. */
export const mbPerSecond = (value: number): string => `${(value / 1e6).toFixed(value < 10e6 ? 1 : 0)} MB/s`
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`
export const percent = (share: number): string => `${(share * 100).toFixed(2)} %`
export const thousands = (perSecond: number): string => `${(perSecond / 1000).toFixed(0)} k/s`
export const perSecond = (value: number): string => `${value.toFixed(0)}/s`
