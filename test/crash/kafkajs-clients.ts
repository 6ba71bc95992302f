import type { Consumer, Kafka } from 'kafkajs'
import { systemClock } from '../../src/base/clock.js'
import type { Random } from '../../src/base/random.js'
import type { Ledger, SentRecord } from '../sim/ledger.js'
import type { Place } from '../sim/topics.js'
import { groupMember, javaLikeProducer } from '../support/kafkajs.js'
import { waited } from './real-world.js'

const RECORDS_MAX = 20

/** Sends through kafkajs, idempotently, whatever becomes of the broker; what it is told is in the ledger. */
export async function produceWithKafkajs(
  kafka: Kafka,
  places: readonly Place[],
  o: { name: string; random: Random; ledger: Ledger; isCalm: () => boolean },
): Promise<void> {
  const numbers = new Map<Place, number>()
  for (let life = 0; !o.isCalm(); life++) {
    const producer = javaLikeProducer(kafka, true)
    try {
      await producer.connect()
      while (!o.isCalm()) await sendSome(life)
    } catch {
      // It has given up: what it was sending may be there or not, and another goes on.
      await waited(systemClock, 50)
    }
    await producer.disconnect().catch(() => {})

    async function sendSome(life: number): Promise<void> {
      const place = places[o.random.int(places.length)]!
      const records = Array.from({ length: 1 + o.random.int(RECORDS_MAX) }, (): SentRecord => {
        const number = numbers.get(place) ?? 0
        numbers.set(place, number + 1)
        const value = `${o.name}.${life}/${place.topic}-${place.partition}-${number}`
        return o.ledger.sends({
          ...{ value, ...place, producer: `${o.name}.${life}`, isIdempotent: true, transaction: null },
        })
      })
      const messages = records.map(({ value }) => ({ value, partition: place.partition }))
      const [answer] = await producer.send({ topic: place.topic, messages })
      records.forEach((record, delta) => {
        o.ledger.acknowledges(record, Number(answer!.baseOffset) + delta)
      })
    }
  }
}

export const KAFKAJS_GROUP = 'kafkajs-readers'

/** Reads in a group through kafkajs and commits after each batch; returns the way to end it. */
export async function readWithKafkajs(kafka: Kafka, topic: string, ledger: Ledger): Promise<() => Promise<void>> {
  for (;;) {
    const consumer = groupMember(kafka, KAFKAJS_GROUP)
    try {
      await readBatches(consumer, topic, ledger)
      return () => consumer.disconnect()
    } catch {
      // It tries again by itself from then on when it runs, not before.
      await consumer.disconnect().catch(() => {})
      await waited(systemClock, 50)
    }
  }
}

async function readBatches(consumer: Consumer, topic: string, ledger: Ledger): Promise<void> {
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch, heartbeat }) => {
      const { partition } = batch
      for (const { offset, value } of batch.messages)
        ledger.reads({ topic, partition }, { offset: Number(offset), value: String(value) })
      const offset = String(Number(batch.lastOffset()) + 1)
      const write = ledger.register(kafkajsRegister(partition)).write(offset)
      await consumer.commitOffsets([{ topic, partition, offset }])
      write.done()
      await heartbeat()
    },
  })
}

export function kafkajsRegister(partition: number): string {
  return `kafkajs offset of ${partition}`
}
