import { FindCoordinator } from '../../src/protocol/messages/find-coordinator.js'
import type { Client } from './client.js'
import { fetchFrom, READ_COMMITTED, readAll } from './consumers.js'
import { committedOffset } from './group-members.js'
import { hold, nameOf } from './ledger.js'
import type { Place } from './topics.js'
import { die, type Protocol, TransactionalProducer, TransactionLost } from './transactional-producer.js'

const GROUPS = 0
export const COPIES = 'copies'
const GROUP = 'copiers'

/**
 * Reads one partition, and writes each record once to the partition of the same number in another topic: output and offset in
 * one transaction. Ends when all is calm and nothing is left to read.
 */
export async function copy(
  client: Client,
  from: Place,
  options: { readonly protocol: Protocol; readonly timeoutMs: number },
): Promise<void> {
  const producer = new TransactionalProducer(client, options.protocol, options.timeoutMs)
  const to = { topic: COPIES, partition: from.partition }
  await client.ask(FindCoordinator, 4, { keyType: GROUPS, coordinatorKeys: [GROUP] }, (answer) => [
    answer.coordinators[0]!.errorCode,
  ])
  await producer.init()
  let position = await goOn(client, from)
  for (;;) {
    const wasCalm = client.world.isCalm()
    const fetched = await fetchFrom(client, from, position, READ_COMMITTED, { maxWaitMs: client.oneOf([0, 200]) })
    if (fetched !== null && fetched.nextOffset > position) {
      const { records, nextOffset } = fetched
      try {
        producer.begin()
        if (records.length > 0)
          await producer.send(
            to,
            records.map(({ value }) => value),
          )
        if (client.random.int(25) === 0) await die(producer)
        await producer.sendOffset(GROUP, from, nextOffset)
        if (client.random.int(25) === 0) await die(producer)
        const isCommitted = client.random.int(5) !== 0
        await producer.end(isCommitted)
        if (isCommitted) position = nextOffset
      } catch (error) {
        if (!(error instanceof TransactionLost)) throw error
        client.tell(() => `loses its transaction: ${error.message}`)
        producer.giveUp()
        await producer.init()
        position = await goOn(client, from)
      }
    } else if (fetched !== null && wasCalm) return
    await client.pause(client.oneOf([1, 30, 300]))
  }
}

async function goOn(client: Client, from: Place): Promise<number> {
  const offset = await committedOffset(client, GROUP, from)
  client.tell(() => `goes on at ${offset} of ${nameOf(from)}`)
  return Math.max(0, offset)
}

/** What was read, as the committed offsets tell, and what was written must be the same, record by record. */
export async function checkCopies(client: Client, from: Place): Promise<void> {
  const committed = await committedOffset(client, GROUP, from)
  const read = (await readAll(client, from, READ_COMMITTED)).filter(({ offset }) => offset < committed)
  const written = await readAll(client, { topic: COPIES, partition: from.partition }, READ_COMMITTED)
  const expected = read.map(({ value }) => value)
  const copied = written.map(({ value }) => value.slice(0, value.lastIndexOf('>')))
  for (const [at, value] of expected.entries())
    hold(copied[at] === value, () => `copy ${at} of ${nameOf(from)} is of ${copied[at]} instead of ${value}`)
  hold(copied.length === expected.length, () => `${nameOf(from)} was read up to ${committed}: ${copied.length} copies`)
}
