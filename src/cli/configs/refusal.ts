/** A command line that Kafka's tool refuses with a sentence and nothing else. */
export class Refusal extends Error {
  override name = 'Refusal'
}
