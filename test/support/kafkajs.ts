import { type Consumer, Kafka, type KafkaConfig, logLevel, Partitioners, type Producer } from 'kafkajs'

/** kafkajs, silent, against one broker. */
export function kafkajs(bootstrapServers: string, config: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({ clientId: 'test', brokers: bootstrapServers.split(','), logLevel: logLevel.NOTHING, ...config })
}

export function javaLikeProducer(kafka: Kafka, idempotent = false): Producer {
  return kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent })
}

export interface Received {
  readonly partition: number
  readonly offset: number
  readonly key: string | null
  readonly value: string | null
}

/** A consumer that does not keep anybody waiting for its last fetch. */
export function groupMember(kafka: Kafka, groupId: string): Consumer {
  return kafka.consumer({ groupId, maxWaitTimeInMs: 100 })
}

/** Reads `count` records in a group, commits them and leaves. */
export async function receive(consumer: Consumer, topic: string, count: number): Promise<Received[]> {
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const received: Received[] = []
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
    consumer
      .run({
        autoCommit: false,
        eachMessage: async ({ partition, message }) => {
          if (received.length === count) return
          const [key, value] = [message.key?.toString() ?? null, message.value?.toString() ?? null]
          received.push({ partition, offset: Number(message.offset), key, value })
          if (received.length === count) resolve()
        },
      })
      .catch(reject)
  })
  const next = new Map(received.map(({ partition, offset }) => [partition, offset + 1]))
  await consumer.commitOffsets([...next].map(([partition, offset]) => ({ topic, partition, offset: String(offset) })))
  await consumer.disconnect()
  return received
}
