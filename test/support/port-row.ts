import { freePortFrom } from '../../src/net/free-port.js'

/** Below those that the system gives to whoever asks, and to connections that go out. */
const [FIRST, LAST] = [12_000, 21_000]

/** The first of `count` ports in a row that nobody listens on. Chance keeps tests that run side by side apart. */
export async function freePortRow(count: number): Promise<number> {
  for (;;) {
    const first = FIRST + Math.floor(Math.random() * (LAST - FIRST))
    const free = await Promise.all(Array.from({ length: count }, (_, at) => freePortFrom(first + at, new Set())))
    if (free.every((port, at) => port === first + at)) return first
  }
}
