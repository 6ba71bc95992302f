import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startBroker, type TestBroker } from '../../src/index.js'
import { converse, SETTINGS } from '../support/transaction-conversation.js'

const RECORDING = join(import.meta.dirname, '../golden/transactions-wire/answers.jsonl')
const recordFrom = process.env.RECORD_FROM

let broker: TestBroker | null = null
afterEach(() => broker?.close())

test.skipIf(recordFrom !== undefined)(
  'every request about transactions is answered as Apache Kafka 4.3.1 did',
  async () => {
    broker = await startBroker({ settings: SETTINGS })
    const recorded = readFileSync(RECORDING, 'utf8').trim().split('\n')
    const heard = await converse(broker.port)
    expect(heard).toEqual(recorded.map((line) => JSON.parse(line)))
  },
)

test.runIf(recordFrom !== undefined)('the answers of another broker are recorded', async () => {
  const answers = await converse(Number(recordFrom))
  writeFileSync(RECORDING, `${answers.map((answer) => JSON.stringify(answer)).join('\n')}\n`)
})
