import { createServer } from 'node:net'

const PORT_MAX = 65535

/** The first port from `first` on that nobody listens on and that is not in `taken`; null where there is none. */
export async function freePortFrom(first: number, taken: ReadonlySet<number>): Promise<number | null> {
  for (let port = first; port <= PORT_MAX; port++) {
    if (!taken.has(port) && (await isFree(port))) return port
  }
  return null
}

/** One that the system chooses. */
export async function anyFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
