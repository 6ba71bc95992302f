import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import { type Clock, systemClock } from '../../src/base/clock.js'
import { Peer } from '../../src/net/peer.js'
import { PeerError } from '../../src/net/peer-error.js'
import { ApiVersions } from '../../src/protocol/messages/api-versions.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { ManualClock } from '../support/manual-clock.js'
import { TEST_CERTIFICATE, TEST_KEY } from '../support/tls-identity.js'

const servers: Server[] = []
const peers: Peer[] = []
afterEach(() => {
  for (const peer of peers.splice(0)) peer.close()
  for (const server of servers.splice(0)) server.close()
})

/** A server that does with its one connection what the test says, byte by byte. */
async function server(serve: (socket: Socket) => void): Promise<number> {
  const listening = createServer((socket) => {
    socket.on('error', () => {})
    serve(socket)
  })
  servers.push(listening)
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  return (listening.address() as { port: number }).port
}

async function peerOf(port: number, clock: Clock = systemClock, host = '127.0.0.1'): Promise<Peer> {
  const peer = await Peer.connect({ host, port, clientId: 'klog', clock, connectTimeoutMs: 5000 })
  peers.push(peer)
  return peer
}

/** Collects `bytes` bytes, then says what to send back. */
function after(bytes: number, answer: (received: Buffer) => string): (socket: Socket) => void {
  return (socket) => {
    let received = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length >= bytes) socket.write(Buffer.from(answer(received).replace(/\s/g, ''), 'hex'))
    })
  }
}

/** ApiVersions v0 answer with one entry, Metadata 0-13. */
const apiVersionsAnswer = (correlation: string) => `00000010 ${correlation} 0000 00000001 0003 0000 000d`
const REQUEST_BYTES = 4 + 8 + 2 + 4

test('a request goes out as the bytes that Kafka defines, correlation ids count from 0', async () => {
  let received = ''
  const frames =
    `0000000e 0012 0000 00000000 0004 6b6c6f67` + // ApiVersions v0
    `0000001b 0012 0003 00000001 0004 6b6c6f67 00 05 6b6c6f67 06 302e312e30 00` + // v3, spec's golden bytes
    `00000012 0003 0001 00000002 0004 6b6c6f67 ffffffff` // Metadata v1, all topics
  const size = Buffer.from(frames.replace(/\s/g, ''), 'hex').length
  const done = new Promise<void>((resolve) => {
    server((socket) => {
      socket.on('data', (chunk) => {
        received += chunk.toString('hex')
        if (received.length >= size * 2) resolve()
      })
    }).then(async (port) => {
      const peer = await peerOf(port)
      const calls = [
        peer.call(ApiVersions, 0, {}),
        peer.call(ApiVersions, 3, { clientSoftwareName: 'klog', clientSoftwareVersion: '0.1.0' }),
        peer.call(Metadata, 1, { topics: null }),
      ]
      for (const call of calls) call.catch(() => {})
    })
  })
  await done
  expect(received).toBe(frames.replace(/\s/g, ''))
})

test('requests sent together are answered in order, each with its own answer', async () => {
  const port = await server(
    after(3 * REQUEST_BYTES, () => ['00000000', '00000001', '00000002'].map(apiVersionsAnswer).join('')),
  )
  const peer = await peerOf(port)
  const answers = await Promise.all([0, 1, 2].map(() => peer.call(ApiVersions, 0, {})))
  for (const answer of answers) expect(answer.apiKeys).toEqual([{ apiKey: 3, minVersion: 0, maxVersion: 13 }])
})

test('a version of ApiVersions that the broker does not know is answered in the oldest form', async () => {
  const port = await server(after(20, () => '00000010 00000000 0023 00000001 0012 0000 0004'))
  const answer = await (await peerOf(port)).call(ApiVersions, 4, {
    clientSoftwareName: 'klog',
    clientSoftwareVersion: '1',
  })
  expect(answer.errorCode).toBe(35)
  expect(answer.apiKeys).toEqual([{ apiKey: 18, minVersion: 0, maxVersion: 4 }])
})

test('localhost is tried at all of its addresses', async () => {
  const port = await server(after(REQUEST_BYTES, () => apiVersionsAnswer('00000000')))
  const peer = await peerOf(port, systemClock, 'localhost')
  expect((await peer.call(ApiVersions, 0, {})).errorCode).toBe(0)
})

test('where nobody listens the connection is refused', async () => {
  const port = await server(() => {})
  await new Promise((resolve) => servers.pop()!.close(resolve))
  for (const host of ['127.0.0.1', 'localhost']) {
    const error = await peerOf(port, systemClock, host).catch((e) => e)
    expect(error).toBeInstanceOf(PeerError)
    expect(error).toMatchObject({ kind: 'refused', code: 'ECONNREFUSED', port, host })
  }
})

test('a name that does not exist is refused', async () => {
  const error = await peerOf(9092, systemClock, 'no-such-host.invalid').catch((e) => e)
  expect(error).toMatchObject({ kind: 'refused', host: 'no-such-host.invalid' })
})

test('a connection that does not come about in time fails with a timeout', async () => {
  const clock = new ManualClock()
  const port = await server(() => {})
  const connecting = peerOf(port, clock)
  clock.advance(5000)
  expect(await connecting.catch((e) => e)).toMatchObject({ kind: 'timeout' })
})

test('an answer that does not come in time ends the connection and every call that waits', async () => {
  const clock = new ManualClock()
  const peer = await peerOf(await server(() => {}), clock)
  const short = peer.call(ApiVersions, 0, {}, { timeoutMs: 100 })
  const long = peer.call(ApiVersions, 0, {}, { timeoutMs: 1000 })
  clock.advance(100)
  expect(await short.catch((e) => e)).toMatchObject({ kind: 'timeout' })
  expect(await long.catch((e) => e)).toMatchObject({ kind: 'timeout' })
  expect(await peer.closed).toMatchObject({ kind: 'timeout' })
  expect(await peer.call(ApiVersions, 0, {}).catch((e) => e)).toBeInstanceOf(PeerError)
  expect(clock.timers).toBe(0)
})

test('a broker that closes the connection fails the calls that wait', async () => {
  const peer = await peerOf(await server((socket) => socket.once('data', () => socket.end())))
  expect(await peer.call(ApiVersions, 0, {}).catch((e) => e)).toMatchObject({ kind: 'closed' })
  expect(peer.isClosed).toBe(true)
})

test('an encrypted connection answers, and one whose certificate nobody vouches for fails', async () => {
  const listening = createTlsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, (socket) => {
    socket.on('error', () => {})
    after(REQUEST_BYTES, () => apiVersionsAnswer('00000000'))(socket)
  })
  servers.push(listening)
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  const { port } = listening.address() as { port: number }
  const options = { host: '127.0.0.1', port, clientId: 'klog', clock: systemClock, connectTimeoutMs: 5000 }
  const peer = await Peer.connect({ ...options, tls: { ca: TEST_CERTIFICATE } })
  peers.push(peer)
  expect((await peer.call(ApiVersions, 0, {})).errorCode).toBe(0)
  const error = await Peer.connect({ ...options, tls: {} }).catch((e) => e)
  expect(error).toMatchObject({ name: 'PeerError', kind: 'closed', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
})

const nonsense: [string, string][] = [
  ['the correlation id of another request', apiVersionsAnswer('00000007')],
  ['an answer that ends too early', '00000006 00000000 0000'],
  ['an array longer than its bytes', '0000000a 00000000 0000 7fffffff'],
  ['a negative length', 'ffffffff'],
]
for (const [name, hex] of nonsense) {
  test(`${name} is malformed and ends the connection`, async () => {
    const peer = await peerOf(await server(after(REQUEST_BYTES, () => hex)))
    expect(await peer.call(ApiVersions, 0, {}).catch((e) => e)).toMatchObject({ kind: 'malformed' })
    expect(await peer.closed).toMatchObject({ kind: 'malformed' })
  })
}

test('an answer that nobody asked for is malformed', async () => {
  const port = await server((socket) => socket.write(Buffer.from('0000000400000000', 'hex')))
  expect(await (await peerOf(port)).closed).toMatchObject({ kind: 'malformed' })
})

test('closing fails the calls that wait and is no error of the connection', async () => {
  const peer = await peerOf(await server(() => {}))
  const call = peer.call(ApiVersions, 0, {})
  peer.close()
  expect(await call.catch((e) => e)).toMatchObject({ kind: 'closed' })
  expect(await peer.closed).toBeNull()
})
