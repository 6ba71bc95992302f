import type { Clock } from './clock.js'

export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'

/** The daemon's own log: one line per event, in the layout of Kafka's server log. */
export interface Log {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
  /** The same log under another name, shown in parentheses at the end of each line. */
  named(name: string): Log
}

const RANK: Record<LogLevel, number> = { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3 }

/** Writes lines `[2026-01-31 12:00:00,123] INFO message (name)` of `threshold` and above. */
export function lineLog(write: (line: string) => void, clock: Clock, threshold: LogLevel = 'INFO', name = 'klog'): Log {
  const at = (level: LogLevel) => (message: string) => {
    if (RANK[level] < RANK[threshold]) return
    write(`[${timestamp(clock.now())}] ${level} ${printable(message)} (${name})\n`)
  }
  return {
    debug: at('DEBUG'),
    info: at('INFO'),
    warn: at('WARN'),
    error: at('ERROR'),
    named: (other) => lineLog(write, clock, threshold, other),
  }
}

export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  named: () => silentLog,
}

/** `YYYY-MM-DD HH:MM:SS,mmm` in local time, as log4j writes it. */
export function timestamp(ms: number): string {
  const d = new Date(ms)
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`
  const time = `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`
  return `${day} ${time},${String(d.getMilliseconds()).padStart(3, '0')}`
}

/** Names come from the network: a control character must not forge a line. */
function printable(text: string): string {
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
