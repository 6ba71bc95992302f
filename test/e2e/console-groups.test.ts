import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startBroker, type TestBroker } from '../../src/index.js'
import { javaLikeProducer, kafkajs } from '../support/kafkajs.js'
import { ToolSession } from '../support/tool-session.js'

let broker: TestBroker
let sessions: ToolSession[]
beforeEach(async () => {
  broker = await startBroker()
  sessions = []
})
afterEach(async () => {
  await Promise.all(sessions.map((session) => session.end()))
  await broker.close()
})

function tool(name: string, ...args: string[]): ToolSession {
  const session = new ToolSession(name, ['--bootstrap-server', broker.bootstrapServers, ...args])
  sessions.push(session)
  return session
}
const consume = (...args: string[]): ToolSession => tool('console-consumer', '--from-beginning', ...args)

async function produce(topic: string, ...lines: string[]): Promise<void> {
  const producer = tool('console-producer', '--topic', topic)
  for (const line of lines) producer.type(line)
  expect(await producer.end('EOF')).toEqual({ exit: 0, out: '', err: '' })
}

async function topics(...args: string[]): Promise<void> {
  expect(await tool('topics', ...args).end('by itself')).toMatchObject({ exit: 0 })
}

/** Looks at topics again five times a second. */
const ALERT = ['--command-property', 'metadata.max.age.ms=200']

describe('console tools and a broker that comes and goes', () => {
  test('go on when it is back: every line once, in order', async () => {
    const producer = tool('console-producer', '--topic', 't', '--timeout', '0')
    const inGroup = consume('--topic', 't', '--group', 'g')
    const alone = consume('--topic', 't', '--partition', '0')
    const lines = Array.from({ length: 300 }, (_, i) => `line ${i}`)
    const crashes = new Set([100, 200])
    for (const [i, line] of lines.entries()) {
      producer.type(line)
      if (!crashes.has(i)) continue
      await inGroup.printed(i - 50)
      await broker.kill()
      producer.type('while away')
      await broker.restart()
    }
    expect((await producer.end('EOF')).exit).toBe(0)
    expect((await inGroup.printed(302)).filter((line) => line !== 'while away')).toEqual(lines)
    expect(await alone.printed(302)).toEqual(inGroup.lines)
  })

  test('a consumer that starts before the broker waits for it', async () => {
    await produce('t', 'a')
    await broker.kill()
    const consumer = consume('--topic', 't', '--group', 'g')
    await expect.poll(() => consumer.io.stderr.text).toContain('nothing answers at')
    await broker.restart()
    expect(await consumer.printed(1)).toEqual(['a'])
  })
})

describe('consumers of one group', () => {
  test('share the partitions, hand them on, and print nothing twice', async () => {
    await topics('--create', '--topic', 't', '--partitions', '4')
    const kafka = kafkajs(broker.bootstrapServers)
    const producer = javaLikeProducer(kafka)
    await producer.connect()
    const send = (round: string) =>
      producer.send({
        topic: 't',
        messages: [0, 1, 2, 3].map((partition) => ({ partition, value: `${round}${partition}` })),
      })
    const first = consume('--topic', 't', '--group', 'g', '--command-property', 'heartbeat.interval.ms=100')
    await send('a')
    await first.printed(4)
    const second = consume('--topic', 't', '--group', 'g', '--command-property', 'heartbeat.interval.ms=100')
    const described = async () =>
      (await tool('consumer-groups', '--describe', '--members', '--group', 'g').end('by itself')).out
    await expect.poll(described, { timeout: 20_000 }).toMatch(/ 2 *\n.* 2 *\n/)
    await send('b')
    await expect.poll(() => first.lines.length + second.lines.length, { timeout: 20_000 }).toBe(8)
    expect(second.lines).toHaveLength(2)
    await second.end()
    await expect.poll(described, { timeout: 20_000 }).toMatch(/ 4 *\n/)
    await send('c')
    await expect.poll(() => first.lines.length, { timeout: 20_000 }).toBe(10)
    await producer.disconnect()
    const all = [...first.lines, ...second.lines].sort()
    expect(all).toEqual(['a', 'b', 'c'].flatMap((round) => [0, 1, 2, 3].map((partition) => `${round}${partition}`)))
  })

  test('commit where they began to read, so that nothing is left out after a pause', async () => {
    await produce('t', 'before')
    const first = tool('console-consumer', '--topic', 't', '--group', 'g')
    const described = async () => (await tool('consumer-groups', '--describe', '--group', 'g').end('by itself')).out
    await expect.poll(described, { timeout: 20_000 }).toMatch(/console-consumer/)
    // Its place is known once it has asked for it, which it has when a later line comes through.
    await produce('t', 'during')
    await first.printed(1)
    await first.end()
    await produce('t', 'after')
    const second = tool('console-consumer', '--topic', 't', '--group', 'g')
    expect(await second.printed(1)).toEqual(['after'])
  })

  test('read a topic that did not exist when they came', async () => {
    const consumer = consume('--topic', 'later', '--command-property', 'allow.auto.create.topics=false')
    await expect.poll(() => consumer.io.stderr.text, { timeout: 20_000 }).toContain('UNKNOWN_TOPIC_OR_PARTITION')
    await produce('later', 'a')
    expect(await consumer.printed(1)).toEqual(['a'])
  })

  test('read topics and partitions that come later, if they match', async () => {
    await produce('log-a', 'a')
    await produce('other', 'x')
    const consumer = consume('--include', 'log-.*', ...ALERT)
    expect(await consumer.printed(1)).toEqual(['a'])
    await produce('log-b', 'b')
    expect(await consumer.printed(2)).toEqual(['a', 'b'])
    await topics('--alter', '--topic', 'log-b', '--partitions', '3')
    const producer = javaLikeProducer(kafkajs(broker.bootstrapServers))
    await producer.connect()
    await producer.send({ topic: 'log-b', messages: [{ partition: 2, value: 'c' }] })
    await producer.disconnect()
    expect(await consumer.printed(3)).toEqual(['a', 'b', 'c'])
  })

  test('keep their place as static members', async () => {
    await produce('t', 'a')
    const member = ['--group', 'g', '--command-property', 'group.instance.id=one']
    const first = consume('--topic', 't', ...member)
    await first.printed(1)
    await first.end()
    await produce('t', 'b')
    const second = consume('--topic', 't', ...member)
    expect(await second.printed(1)).toEqual(['b'])
  })
})

describe('a consumer without a place to start from', () => {
  test('fails where it was told not to choose one', async () => {
    await produce('t', 'a')
    const consumer = tool(
      'console-consumer',
      '--topic',
      't',
      '--group',
      'g',
      '--command-property',
      'auto.offset.reset=none',
    )
    const { exit, err } = await consumer.end('by itself')
    expect(exit).toBe(0)
    expect(err).toContain('Undefined offset with no reset policy for partitions: [t-0]')
    expect(err).toMatch(/Processed a total of 0 messages\n$/)
  })

  test('may start so long ago', async () => {
    await produce('t', 'a')
    const since = (duration: string) =>
      tool(
        'console-consumer',
        '--topic',
        't',
        '--partition',
        '0',
        '--offset',
        '99',
        '--command-property',
        `auto.offset.reset=by_duration:${duration}`,
      )
    const consumer = since('PT1H')
    expect(await consumer.printed(1)).toEqual(['a'])
    const young = since('PT0S')
    const printsWhatIsNew = async (): Promise<number> => {
      await produce('t', 'b')
      return young.lines.length
    }
    await expect.poll(printsWhatIsNew, { timeout: 20_000 }).toBeGreaterThan(0)
    expect(young.lines).not.toContain('a')
  })
})

describe('records of any kind', () => {
  test('come out as they went in: bytes that are no text, headers, tombstones', async () => {
    const value = Buffer.from([0, 255, 10, 13, 0xc3, 0x28])
    const producer = javaLikeProducer(kafkajs(broker.bootstrapServers))
    await producer.connect()
    const headers = { trace: Buffer.from([1, 2, 255]), empty: '' }
    await producer.send({
      topic: 't',
      messages: [
        { key: 'k', value, headers },
        { key: 'gone', value: null },
      ],
    })
    await producer.disconnect()
    const shown = ['print.headers=true', 'print.key=true', 'key.separator=|', 'line.separator=;']
    const args = shown.flatMap((property) => ['--formatter-property', property])
    const consumer = consume('--topic', 't', '--max-messages', '2', ...args)
    await consumer.end('by itself')
    const expected = [
      Buffer.from('trace:'),
      Buffer.from([1, 2, 255]),
      Buffer.from(',empty:|k|'),
      value,
      Buffer.from(';NO_HEADERS|gone|null;'),
    ]
    expect(consumer.io.stdout.bytes).toEqual(Buffer.concat(expected))
  })
})
