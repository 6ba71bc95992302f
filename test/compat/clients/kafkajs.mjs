// kafkajs through the steps that every client takes: see ../steps.ts.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { CompressionTypes, Kafka, logLevel, Partitioners } from 'kafkajs'

const RECORDS_PER_REQUEST = 2000

const [step, bootstrap, topic, ...rest] = process.argv.slice(2)
const kafka = new Kafka({ clientId: 'compat', brokers: bootstrap.split(','), logLevel: logLevel.NOTHING })
const steps = { create, produce, consume, member }
await steps[step](...rest)

async function create(partitions) {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: Number(partitions), replicationFactor: 1 }] })
  await admin.disconnect()
}

async function produce(file) {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true })
  await producer.connect()
  const messages = readFileSync(file, 'latin1')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(/\t(.*)/s))
    .map(([key, value]) => ({ key: Buffer.from(key, 'latin1'), value: Buffer.from(value, 'latin1') }))
  while (messages.length > 0) {
    const batch = messages.splice(0, RECORDS_PER_REQUEST)
    await producer.send({ topic, messages: batch, acks: -1, compression: CompressionTypes.GZIP })
  }
  await producer.disconnect()
}

async function consume(count, group) {
  const consumer = kafka.consumer({ groupId: group ?? `reader-${randomUUID()}` })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const lines = []
  const next = new Map()
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
    const eachMessage = async ({ partition, message }) => {
      if (lines.length >= Number(count)) return
      lines.push(
        Buffer.concat([
          Buffer.from(`${partition}\t${message.offset}\t`),
          message.key,
          Buffer.from('\t'),
          message.value,
        ]),
      )
      next.set(partition, String(BigInt(message.offset) + 1n))
      if (lines.length === Number(count)) resolve()
    }
    consumer.run({ autoCommit: false, eachMessage }).catch(reject)
  })
  const offsets = [...next].map(([partition, offset]) => ({ topic, partition, offset }))
  if (group !== undefined) await consumer.commitOffsets(offsets)
  await consumer.disconnect()
  for (const line of lines) process.stdout.write(Buffer.concat([line, Buffer.from('\n')]))
}

async function member(group) {
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout: 6000,
    heartbeatInterval: 500,
    rebalanceTimeout: 6000,
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({ eachMessage: async () => {} })
}
