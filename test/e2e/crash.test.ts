import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { groupMember, javaLikeProducer, kafkajs, receive } from '../support/kafkajs.js'
import { KlogHome } from '../support/klog-home.js'

const PARTITIONS = 3
const CRASHES = 3
const RECORDS_BETWEEN_CRASHES = 400

let home: KlogHome
beforeEach(async () => {
  home = await KlogHome.make({ 'num.partitions': String(PARTITIONS) })
})
afterEach(() => home.dispose())

describe('kill -9', () => {
  test('loses nothing that was acknowledged, and an idempotent producer writes nothing twice', async () => {
    expect(await home.klog(['broker', 'start'])).toMatchObject({ exitCode: 0 })
    const kafka = kafkajs(`localhost:${home.port}`, {
      retry: { initialRetryTime: 20, maxRetryTime: 200, retries: 100 },
    })
    const producer = javaLikeProducer(kafka, true)
    await producer.connect()
    const acknowledged: string[] = []
    for (let crash = 0; crash <= CRASHES; crash++) {
      const sending = Array.from({ length: RECORDS_BETWEEN_CRASHES }, (_, i) => `${crash}-${i}`).map(async (value) => {
        await producer.send({ topic: 'survivors', messages: [{ key: value, value }] })
        acknowledged.push(value)
        if (crash < CRASHES && acknowledged.length % RECORDS_BETWEEN_CRASHES === RECORDS_BETWEEN_CRASHES / 2)
          killBroker()
      })
      const settled = Promise.all(sending)
      if (crash < CRASHES) await restartedBroker()
      await settled
    }
    await producer.disconnect()

    const received = await receive(groupMember(kafka, 'reader'), 'survivors', acknowledged.length)
    expect(received.map(({ value }) => value).sort()).toEqual(acknowledged.sort())
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const offsets = received.filter((record) => record.partition === partition).map(({ offset }) => offset)
      expect(offsets).toEqual(offsets.map((_, at) => at))
    }
  })
})

function killBroker(): void {
  const { pid } = JSON.parse(readFileSync(join(home.directory, 'broker.json'), 'utf8')) as { pid: number }
  process.kill(pid, 'SIGKILL')
}

/** Waits until the old broker is gone and a new one serves. */
async function restartedBroker(): Promise<void> {
  await expect.poll(async () => (await home.klog(['broker', 'status'])).exitCode, { timeout: 10_000 }).toBe(1)
  expect(await home.klog(['broker', 'start'])).toMatchObject({ exitCode: 0 })
}
