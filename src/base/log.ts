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
  /** Lines below it are not written; the same for all names. */
  level: LogLevel
}

/** What names from the network may make of a line at most. */
const MESSAGE_CHARS_MAX = 8192

const RANK: Record<LogLevel, number> = { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3 }

/** Writes lines `[2026-01-31 12:00:00,123] INFO message (name)` of `threshold` and above. */
export function lineLog(write: (line: string) => void, clock: Clock, threshold: LogLevel = 'INFO', name = 'klog'): Log {
  return new LineLog(write, clock, { level: threshold }, name)
}

class LineLog implements Log {
  constructor(
    readonly write: (line: string) => void,
    readonly clock: Clock,
    readonly shared: { level: LogLevel },
    readonly name: string,
  ) {}

  get level(): LogLevel {
    return this.shared.level
  }

  set level(level: LogLevel) {
    this.shared.level = level
  }

  debug(message: string): void {
    this.#at('DEBUG', message)
  }

  info(message: string): void {
    this.#at('INFO', message)
  }

  warn(message: string): void {
    this.#at('WARN', message)
  }

  error(message: string): void {
    this.#at('ERROR', message)
  }

  named(name: string): Log {
    return new LineLog(this.write, this.clock, this.shared, name)
  }

  #at(level: LogLevel, message: string): void {
    if (RANK[level] < RANK[this.shared.level]) return
    this.write(`[${timestamp(this.clock.now())}] ${level} ${printable(cut(message))} (${this.name})\n`)
  }
}

export const silentLog: Log = {
  level: 'ERROR',
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

function cut(text: string): string {
  const more = text.length - MESSAGE_CHARS_MAX
  return more <= 0 ? text : `${text.slice(0, MESSAGE_CHARS_MAX)}… (${more} more characters)`
}

/** Names come from the network: a control character must not forge a line, nor reach a terminal. Lines of a stack are set in. */
function printable(text: string): string {
  return text
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replace(/\n(?=\S)/g, '\n\t')
}
