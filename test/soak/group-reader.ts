import type { Consumer, Kafka } from 'kafkajs'

/**
 * A member of a group that reads `topic` from its beginning, by kafkajs. Where that crashes another one takes its place: kafkajs' own
 * restarts, of which two can be under way at once, go on after it was told to leave, and such a member never goes.
 */
export class GroupReader {
  #consumer: Consumer
  #joining: Promise<void>
  #hasLeft = false

  private constructor(
    readonly kafka: Kafka,
    readonly groupId: string,
    readonly topic: string,
    readonly onKey: (key: string) => void,
  ) {
    this.#consumer = this.#oneMore()
    this.#joining = this.#join(this.#consumer)
  }

  static async join(kafka: Kafka, groupId: string, topic: string, onKey: (key: string) => void): Promise<GroupReader> {
    const reader = new GroupReader(kafka, groupId, topic, onKey)
    await reader.#joining
    return reader
  }

  async leave(): Promise<void> {
    this.#hasLeft = true
    await this.#joining
    await this.#consumer.disconnect()
  }

  #oneMore(): Consumer {
    const { kafka, groupId } = this
    const retry = { retries: 5, restartOnFailure: async () => false }
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, retry })
    consumer.on(consumer.events.CRASH, () => this.#replace(consumer))
    return consumer
  }

  async #join(consumer: Consumer): Promise<void> {
    await consumer.connect()
    await consumer.subscribe({ topic: this.topic, fromBeginning: true })
    await consumer.run({ eachMessage: async ({ message }) => this.onKey(String(message.key)) })
  }

  /** It has disconnected by then. */
  #replace(crashed: Consumer): void {
    if (this.#hasLeft || crashed !== this.#consumer) return
    this.#consumer = this.#oneMore()
    const joined = this.#joining.then(() => this.#join(this.#consumer))
    this.#joining = joined
    joined.catch(() => {})
  }
}
