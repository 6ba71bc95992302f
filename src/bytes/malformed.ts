/** Bytes that end too early, or that say something which cannot be: whoever sent them is refused, nothing is believed. */
export class MalformedBytes extends Error {
  override name = 'MalformedBytes'
}
