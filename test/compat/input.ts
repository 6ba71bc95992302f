import { Kafka, logLevel, Partitioners } from 'kafkajs'

const RECORDS_PER_REQUEST = 1000

/** Creates the topic and sends the values with their own number as key, round its partitions. */
export async function fill(
  bootstrap: string,
  topic: string,
  values: readonly string[],
  partitions: number,
): Promise<void> {
  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await Promise.all([admin.connect(), producer.connect()])
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }] })
  const messages = values.map((value, at) => ({ key: String(at), value, partition: at % partitions }))
  while (messages.length > 0) await producer.send({ topic, messages: messages.splice(0, RECORDS_PER_REQUEST) })
  await Promise.all([admin.disconnect(), producer.disconnect()])
}
