// kafkajs as a copier: see ../copiers.ts.
import { setTimeout } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'

const ABORT_EVERY = 5
const RECORDS_PER_TRANSACTION = 20
const START_ME_AGAIN = 75

const [bootstrap, input, output, group, transactionalId] = process.argv.slice(2)
const kafka = new Kafka({
  clientId: 'compat',
  brokers: [bootstrap],
  logLevel: logLevel.NOTHING,
  retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 100 },
})
const producer = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 })
const consumer = kafka.consumer({ groupId: group, sessionTimeout: 3000, heartbeatInterval: 500 })
const admin = kafka.admin()
let transactions = 0

await start().catch(fail)

async function start() {
  await Promise.all([producer.connect(), consumer.connect(), admin.connect()])
  // Asking for a producer id ends what a killed copier left open: only then do the committed offsets hold.
  await (await producer.transaction()).abort()
  if (await isAtEnd()) process.exit()
  consumer.on(consumer.events.CRASH, ({ payload }) => fail(payload.error))
  await consumer.subscribe({ topic: input, fromBeginning: true })
  await consumer.run({ autoCommit: false, eachBatch })
}

async function eachBatch({ batch, resolveOffset, heartbeat }) {
  const messages = [...batch.messages]
  while (messages.length > 0) {
    const part = messages.splice(0, RECORDS_PER_TRANSACTION)
    // A send that failed may have been taken all the same, and kafkajs would give its numbers to other records: only a new producer id helps.
    if (++transactions % ABORT_EVERY === 0) await copy(batch.partition, part, true).catch(fail)
    await copy(batch.partition, part, false).catch(fail)
    resolveOffset(part.at(-1).offset)
    await heartbeat()
  }
  if (await isAtEnd()) process.exit()
}

async function copy(partition, part, isToAbort) {
  const transaction = await producer.transaction()
  say('begun')
  const copies = part.map(({ key, value }) => ({ key, value: `copy of ${value}` }))
  await transaction.send({ topic: output, messages: copies, acks: -1 })
  say('sent')
  const offset = String(BigInt(part.at(-1).offset) + 1n)
  await transaction.sendOffsets({
    consumerGroupId: group,
    topics: [{ topic: input, partitions: [{ partition, offset }] }],
  })
  say(isToAbort ? 'aborting' : 'committing')
  if (isToAbort) await transaction.abort()
  else await transaction.commit()
  say(isToAbort ? 'aborted' : 'committed')
}

async function isAtEnd() {
  try {
    const [{ partitions }] = await admin.fetchOffsets({ groupId: group, topics: [input] })
    const ends = await admin.fetchTopicOffsets(input)
    return ends.every(({ partition, offset }) => partitions.find((at) => at.partition === partition)?.offset === offset)
  } catch (error) {
    if (!error.retriable) throw error
    // kafkajs leaves it to us to ask again for a coordinator that has just moved in.
    await setTimeout(100)
    return isAtEnd()
  }
}

function fail(error) {
  console.error(String(error))
  process.exit(START_ME_AGAIN)
}

function say(event) {
  process.stdout.write(`${event}\n`)
}
