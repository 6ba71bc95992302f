import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { silentLog } from '../../src/base/log.js'
import { AnswerMemory } from '../../src/net/answer-memory.js'
import { BufferPool } from '../../src/net/buffer-pool.js'
import { Listener } from '../../src/net/listener.js'
import { RawClient } from '../support/raw-client.js'

/** More than the system's own buffers hold for a connection whose peer does not read. */
const ANSWER_BYTES = 8_000_000

let listener: Listener
const clients: RawClient[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.reset()
  await listener.close()
})

/** Answers every request with a large frame. */
async function start(answers: AnswerMemory): Promise<void> {
  const answer = Buffer.alloc(4 + ANSWER_BYTES)
  answer.writeInt32BE(ANSWER_BYTES)
  listener = await Listener.open({
    ...{ host: '127.0.0.1', port: 0, clock: systemClock, log: silentLog, pool: new BufferPool(), answers },
    ...{ frameBytesMax: 1000, idleMsMax: -1 },
    onConnection: (connection) => {
      connection.onProgress = () => {
        while (!connection.isBlocked && connection.next() !== null) connection.send([answer])
      }
    },
  })
}

async function asks(o: { reads: boolean }): Promise<RawClient> {
  const client = await RawClient.connect(listener.port)
  clients.push(client)
  if (!o.reads) client.socket.pause()
  client.sendFrame('00')
  return client
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve))
}

const held = (answers: AnswerMemory, count: number): Promise<void> =>
  until(() => answers.heldBytes > (count - 1) * ANSWER_BYTES && answers.heldBytes <= count * (4 + ANSWER_BYTES))

test('of those who do not read what they asked for, whoever has waited longest is hung up on when there is too much of it', async () => {
  const answers = new AnswerMemory(2.5 * ANSWER_BYTES)
  await start(answers)
  const silent: RawClient[] = []
  for (let count = 1; count <= 2; count++) {
    silent.push(await asks({ reads: false }))
    await held(answers, count)
  }
  silent.push(await asks({ reads: false }))
  silent[0]!.socket.resume()
  await silent[0]!.closed()
  await held(answers, 2)

  const reader = await asks({ reads: true })
  expect((await reader.frame())?.length).toBe(ANSWER_BYTES)
  expect(answers.heldBytes).toBeLessThanOrEqual(2 * (4 + ANSWER_BYTES))
})

test('whoever reads after all, or goes, gives back what was held for them', async () => {
  const answers = new AnswerMemory()
  await start(answers)
  const [slow, gone] = [await asks({ reads: false }), await asks({ reads: false })]
  await held(answers, 2)
  slow.socket.resume()
  expect((await slow.frame())?.length).toBe(ANSWER_BYTES)
  await held(answers, 1)
  gone.reset()
  await until(() => answers.heldBytes === 0)
})

test('a single answer may be larger than all that is allowed', async () => {
  await start(new AnswerMemory(1000))
  const reader = await asks({ reads: true })
  expect((await reader.frame())?.length).toBe(ANSWER_BYTES)
})
