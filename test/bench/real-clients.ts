import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Kafka, logLevel } from 'kafkajs'
import { secondsOf } from './asking.js'
import { besideApache, createTopic, deleteTopic, type MeasuredBroker } from './brokers.js'
import { costsOf, type Paired, paired, valuesOf } from './paired.js'
import { type Row, rowOf } from './row.js'
import type { Scope } from './scope.js'
import { mbPerSecond } from './units.js'

const apacheKafka = join(import.meta.dirname, '../compat/kafka/kafka')
const RECORD_BYTES = 1000
const KAFKAJS = { records: 50_000, perSend: 500 }
const JAVA_RECORDS = 300_000
const MIB = 1024 * 1024
const run = promisify(execFile)

/** Records through kafkajs and through Apache Kafka's own performance tools, to klog and to Apache Kafka. */
export async function realClients(scope: Scope): Promise<Row[]> {
  return besideApache(scope, async (brokers) => {
    const kafkajs = await paired(
      { ...brokers, floor: null },
      scope.rounds,
      { produce: kafkajsProduces, consume: kafkajsConsumes },
      (broker, round) => deleteTopic(broker, `js-${round}`),
    )
    const rows = rowsOf('kafkajs', KAFKAJS.records, kafkajs)
    if (brokers.apache === null) return rows
    const java = await paired(
      { ...brokers, floor: null },
      scope.rounds,
      { produce: javaProduces, consume: javaConsumes },
      (broker, round) => deleteTopic(broker, `java-${round}`),
    )
    return [...rows, ...rowsOf("Apache Kafka's perf test", JAVA_RECORDS, java)]
  })
}

function rowsOf(client: string, records: number, { produce, consume }: { produce: Paired; consume: Paired }): Row[] {
  const row = (verb: string, figures: Paired): Row => {
    const costs = costsOf(figures, (records * RECORD_BYTES) / 1e9, 'GB')
    const what = `${client} ${verb}: 1 KB records`
    return rowOf({ what, unit: mbPerSecond, better: 'higher', goals: { apache: 1 }, costs }, valuesOf(figures))
  }
  return [row('produces', produce), row('consumes', consume)]
}

async function kafkajsProduces(broker: MeasuredBroker, round: number): Promise<number> {
  const topic = `js-${round}`
  await createTopic(broker, topic)
  const producer = clientOf(broker).producer()
  await producer.connect()
  const messages = Array.from({ length: KAFKAJS.perSend }, () => ({ value: Buffer.alloc(RECORD_BYTES, 'klog') }))
  const seconds = await secondsOf(async () => {
    for (let sent = 0; sent < KAFKAJS.records; sent += messages.length)
      await producer.send({ topic, acks: -1, messages })
  })
  await producer.disconnect()
  return (KAFKAJS.records * RECORD_BYTES) / seconds
}

/** In a group; counted from the first record on: how long a group takes to form is measured elsewhere. */
async function kafkajsConsumes(broker: MeasuredBroker, round: number): Promise<number> {
  const consumer = clientOf(broker).consumer({ groupId: `js-${round}` })
  await consumer.connect()
  await consumer.subscribe({ topic: `js-${round}`, fromBeginning: true })
  let [count, first, last] = [0, 0, 0]
  await new Promise<void>((resolve, reject) => {
    const eachBatch = async ({ batch }: { batch: { messages: unknown[] } }): Promise<void> => {
      last = performance.now()
      if (count === 0) first = last
      count += batch.messages.length
      if (count >= KAFKAJS.records) resolve()
    }
    consumer.run({ eachBatch }).catch(reject)
  })
  await consumer.disconnect()
  return (KAFKAJS.records * RECORD_BYTES) / ((last - first) / 1000)
}

function clientOf({ port }: MeasuredBroker): Kafka {
  return new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING })
}

async function javaProduces(broker: MeasuredBroker, round: number): Promise<number> {
  const topic = `java-${round}`
  await createTopic(broker, topic)
  const load = ['--num-records', String(JAVA_RECORDS), '--record-size', String(RECORD_BYTES), '--throughput', '-1']
  const output = await java(broker, ['producer-perf-test', '--topic', topic, ...load])
  return Number([...output.matchAll(/\(([\d.]+) MB\/sec\)/g)].at(-1)![1]) * MIB
}

async function javaConsumes(broker: MeasuredBroker, round: number): Promise<number> {
  const args = ['consumer-perf-test', '--topic', `java-${round}`, '--num-records', String(JAVA_RECORDS)]
  const output = await java(broker, args)
  const [head, line] = output.trim().split('\n').slice(-2)
  return Number(line!.split(', ')[head!.split(', ').indexOf('fetch.MB.sec')]) * MIB
}

async function java({ port }: MeasuredBroker, [tool, ...args]: readonly string[]): Promise<string> {
  return (await run(apacheKafka, [tool!, '--bootstrap-server', `127.0.0.1:${port}`, ...args])).stdout
}
