/** A value that a version of a message has no place for: dropping it would change what is said. */
export class UnsupportedFieldError extends Error {
  override name = 'UnsupportedFieldError'
}

/** A version of a message that we do not know. */
export class UnsupportedVersionError extends Error {
  override name = 'UnsupportedVersionError'
}
