/**
 * A failure whose text Kafka shows with the name of a Java class in it. Scripts match on these texts, so klog prints the same;
 * the names mean nothing else here.
 */
export class JavaError extends Error {
  override name = 'JavaError'

  constructor(
    readonly javaClass: string,
    message: string,
  ) {
    super(message)
  }
}
