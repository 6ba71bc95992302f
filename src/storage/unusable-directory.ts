import { UserError } from '../base/user-error.js'

/** A log directory that cannot be made, read or written: a broker goes on with its others. */
export class UnusableDirectory extends UserError {
  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`The log directory ${path} cannot be used: ${reason}`, 'Name another directory in log.dirs.')
  }
}
