import { describe, expect, test } from 'vitest'
// @ts-expect-error: plain JavaScript, as it runs in the container
import { propertiesText, settingName, settingsFrom } from '../../docker/environment.mjs'

const properties = (env: Record<string, string>): Record<string, string> =>
  Object.fromEntries(settingsFrom(env).properties as Map<string, string>)

describe("the container's environment", () => {
  test('a variable names a setting: dots for underscores, __ for _, ___ for -', () => {
    expect(settingName('KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR')).toBe('offsets.topic.replication.factor')
    expect(settingName('KAFKA_LISTENER_NAME_A__B_X___Y')).toBe('listener.name.a_b.x-y')
  })

  test('with nothing set it listens everywhere and advertises localhost, for a published port', () => {
    expect(properties({})).toEqual({
      listeners: 'PLAINTEXT://:9092',
      'advertised.listeners': 'PLAINTEXT://localhost:9092',
      'log.dirs': '/var/lib/kafka/data',
    })
  })

  test('advertised listeners alone decide the ports that are listened on', () => {
    const set = properties({
      KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka-broker:29092,PLAINTEXT_HOST://localhost:9092',
    })
    expect(set.listeners).toBe('PLAINTEXT://0.0.0.0:29092,PLAINTEXT_HOST://0.0.0.0:9092')
  })

  test('KAFKA_BROKER_ID is node.id, and what belongs to the JVM is left out', () => {
    const set = properties({ KAFKA_BROKER_ID: '1', KAFKA_HEAP_OPTS: '-Xmx1G', KAFKA_JMX_PORT: '9101' })
    expect(set['node.id']).toBe('1')
    expect(Object.keys(set)).not.toContain('heap.opts')
    expect(Object.keys(set)).not.toContain('jmx.port')
  })

  test("ZooKeeper's variables are ignored with one line that says why", () => {
    const { properties: set, notes } = settingsFrom({ KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181' })
    expect(set.has('zookeeper.connect')).toBe(false)
    expect(notes).toEqual([
      'KAFKA_ZOOKEEPER_CONNECT is ignored: Kafka keeps its metadata itself since version 4, and so does klog',
    ])
  })

  test('a value with a backslash or a line break survives the properties file', () => {
    expect(propertiesText(new Map([['a', 'x\\y\nz']]))).toBe('a=x\\\\y\\nz\n')
  })
})
