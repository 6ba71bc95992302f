import { systemClock } from '../../src/base/clock.js'
import { ApiVersions } from '../../src/protocol/messages/api-versions.js'
import { waited } from '../crash/real-world.js'
import { connectTo } from './floods.js'

const EVERY_MS = 10
const PATIENCE_MS = 120_000

/** Somebody who asks the same small thing again and again; ends with the longest that an answer took. */
export async function watchNeighbour(port: number): Promise<() => Promise<number>> {
  const peer = await connectTo(port)
  let isOver = false
  let msMax = 0
  const asking = (async () => {
    while (!isOver) {
      const startMs = systemClock.monotonicMs()
      const request = { clientSoftwareName: 'flood', clientSoftwareVersion: '1' }
      await peer.call(ApiVersions, 3, request, { timeoutMs: PATIENCE_MS })
      msMax = Math.max(msMax, systemClock.monotonicMs() - startMs)
      await waited(systemClock, EVERY_MS)
    }
  })()
  return async () => {
    isOver = true
    await asking
    peer.close()
    return msMax
  }
}
