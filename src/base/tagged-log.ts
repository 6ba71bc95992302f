import type { Log, LogLevel } from './log.js'

/** The same log, with `tag` before each line: for those who share one. */
export function taggedLog(log: Log, tag: string): Log {
  return new TaggedLog(log, tag)
}

class TaggedLog implements Log {
  constructor(
    readonly log: Log,
    readonly tag: string,
  ) {}

  get level(): LogLevel {
    return this.log.level
  }

  set level(level: LogLevel) {
    this.log.level = level
  }

  debug(message: string): void {
    this.log.debug(`${this.tag} ${message}`)
  }

  info(message: string): void {
    this.log.info(`${this.tag} ${message}`)
  }

  warn(message: string): void {
    this.log.warn(`${this.tag} ${message}`)
  }

  error(message: string): void {
    this.log.error(`${this.tag} ${message}`)
  }

  named(name: string): Log {
    return new TaggedLog(this.log.named(name), this.tag)
  }
}
