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

  test('has a time that can be moved ahead, if it was started for that', async () => {
    const broker = await started({ virtualTime: true, settings: { 'log.segment.delete.delay.ms': 1000 } })
    await write(broker, 'week', ['old'])
    const admin = kafkajs(broker.bootstrapServers).admin()
    await admin.connect()
    expect((await admin.fetchTopicOffsets('week'))[0]).toMatchObject({ low: '0', high: '1' })
    await broker.advanceTime(8 * 24 * 3600 * 1000)
    expect((await admin.fetchTopicOffsets('week'))[0]).toMatchObject({ low: '1', high: '1' })
    await admin.disconnect()
    await expect(broker.advanceTime(-1)).rejects.toThrow('time cannot be moved by -1 milliseconds')
    const real = await started()
    await expect(real.advanceTime(1000)).rejects.toThrow('the broker has no virtual time')
  })

  test('forgets what groups have committed once the time for it has been skipped', async () => {
    const broker = await started({ virtualTime: true })
    await write(broker, 'orders', ['a'])
    const client = kafkajs(broker.bootstrapServers)
    const consumer = groupMember(client, 'billing')
    await receive(consumer, 'orders', 1)
    await consumer.disconnect()
    const admin = client.admin()
    await admin.connect()
    const groups = async (): Promise<string[]> => (await admin.listGroups()).groups.map(({ groupId }) => groupId)
    expect(await groups()).toEqual(['billing'])
    await broker.advanceTime(15 * 24 * 3600 * 1000)
    expect(await groups()).toEqual([])
    await admin.disconnect()
  })

  test('aborts transactions whose time has been skipped', async () => {
    const broker = await started({ virtualTime: true })
    await write(broker, 'orders', ['before'])
    const config = { transactionalId: 'shop', transactionTimeout: 60_000, maxInFlightRequests: 1, idempotent: true }
    const producer = kafkajs(broker.bootstrapServers).producer(config)
    await producer.connect()
    const late = await producer.transaction()
    await late.send({ topic: 'orders', messages: [{ value: 'late' }] })
    await broker.advanceTime(10 * 60_000)
    await expect(late.commit()).rejects.toThrow()
    await producer.disconnect()
    const again = kafkajs(broker.bootstrapServers).producer(config)
    await again.connect()
    const transaction = await again.transaction()
    await transaction.send({ topic: 'orders', messages: [{ value: 'in time' }] })
    await broker.advanceTime(50_000)
    await transaction.commit()
    await again.disconnect()
    const consumer = groupMember(kafkajs(broker.bootstrapServers), 'g')
    expect((await receive(consumer, 'orders', 2)).map(({ value }) => value)).toEqual(['before', 'in time'])
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
