import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { startBroker, type TestBroker } from '../../src/index.js'
import { groupMember, javaLikeProducer, kafkajs, receive } from '../support/kafkajs.js'

const brokers: TestBroker[] = []
const started = async (...args: Parameters<typeof startBroker>): Promise<TestBroker> => {
  const broker = await startBroker(...args)
  brokers.push(broker)
  return broker
}

afterEach(async () => {
  await Promise.all(brokers.splice(0).map((broker) => broker.close()))
})

async function write(broker: TestBroker, topic: string, values: readonly string[]): Promise<void> {
  const producer = javaLikeProducer(kafkajs(broker.bootstrapServers))
  await producer.connect()
  await producer.send({ topic, messages: values.map((value) => ({ value })) })
  await producer.disconnect()
}

describe('a broker inside a test', () => {
  test('serves on a free port, and what was written can be read', async () => {
    const broker = await started()
    await write(broker, 'orders', ['a', 'b'])
    const consumer = groupMember(kafkajs(broker.bootstrapServers), 'g')
    expect((await receive(consumer, 'orders', 2)).map(({ value }) => value)).toEqual(['a', 'b'])
  })

  test('several run side by side, each with its own data', async () => {
    const [one, two] = [await started(), await started()]
    await write(one, 'only-here', ['x'])
    const admin = kafkajs(two.bootstrapServers).admin()
    await admin.connect()
    expect(await admin.listTopics()).toEqual([])
    await admin.disconnect()
    expect(one.port).not.toBe(two.port)
  })

  test.each(['close', 'kill'] as const)(
    'keeps what it acknowledged over %s and restart, on the same port',
    async (end) => {
      const broker = await started()
      await write(broker, 'kept', ['before'])
      if (end === 'kill') await broker.kill()
      await broker.restart()
      await write(broker, 'kept', ['after'])
      const consumer = groupMember(kafkajs(broker.bootstrapServers), 'g')
      expect((await receive(consumer, 'kept', 2)).map(({ value }) => value)).toEqual(['before', 'after'])
    },
  )

  test('takes settings by Kafka’s names and refuses bad ones', async () => {
    const broker = await started({ settings: { 'num.partitions': 4 } })
    await write(broker, 'four', ['x'])
    const admin = kafkajs(broker.bootstrapServers).admin()
    await admin.connect()
    const { topics } = await admin.fetchTopicMetadata({ topics: ['four'] })
    expect(topics[0]!.partitions).toHaveLength(4)
    await admin.disconnect()
    await expect(startBroker({ settings: { 'num.partitions': 'many' } })).rejects.toThrow(/num\.partitions/)
  })

  test('leaves nothing behind: no port, no temporary directory', async () => {
    const broker = await startBroker()
    await broker.close()
    expect(existsSync(broker.directory)).toBe(false)
    const refused = await new Promise<string | undefined>((resolve) => {
      const socket = connect(broker.port, broker.host)
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)).once('connect', () => resolve('open'))
    })
    expect(refused).toBe('ECONNREFUSED')
  })
})
