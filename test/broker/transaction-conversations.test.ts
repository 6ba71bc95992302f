import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DataPathBroker } from '../support/data-path-broker.js'
import { TransactionTalk } from '../support/transaction-talk.js'

const file = join(import.meta.dirname, '../golden/transaction-state/conversations.txt')
const conversations = readFileSync(file, 'utf8')
  .trimEnd()
  .split('\n\n')
  .map((text) => text.split('\n'))

describe.each([1, 2])('with transaction.version %i, answers over a socket are those of Apache Kafka', (version) => {
  let broker: DataPathBroker

  beforeAll(async () => {
    broker = await DataPathBroker.start()
    broker.apply({ type: 'FeatureLevel', name: 'transaction.version', featureLevel: version })
    broker.createTopic('__transaction_state', { partitions: 1 })
    for (const topic of ['a', 'b', 'c']) broker.createTopic(topic, { partitions: 3 })
    while (broker.transactions.find('any') === 14) await new Promise((resolve) => setImmediate(resolve))
  })
  afterAll(() => broker.close())

  const ofVersion = conversations.filter(([name]) => name!.startsWith(`# transaction.version ${version}`))
  test.each(ofVersion)('%s', async (name, ...lines) => {
    const recorded = lines.filter((line) => line.includes(' => '))
    const talk = new TransactionTalk(await broker.peer(), name!)
    const answered: string[] = []
    for (const line of recorded) {
      const [command, answer] = line.split(' => ')
      answered.push(`${command} => ${await talk.say(command!, answer!.startsWith('51'))}`)
    }
    expect(answered).toEqual(recorded)
  })
})
