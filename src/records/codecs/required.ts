import { UserError } from '../../base/user-error.js'

/** @throws UserError where the native module of a codec could not be loaded. */
export function required<T>(module: T | null, codec: string): T {
  if (module === null)
    throw new UserError(
      `${codec} compression is not available on ${process.platform} ${process.arch}`,
      'Use another compression.type, for example gzip.',
    )
  return module
}
