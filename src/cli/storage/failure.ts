/** The directories cannot be formatted so; the message is Kafka's. */
export class FormatFailure extends Error {
  override name = 'FormatFailure'
}
