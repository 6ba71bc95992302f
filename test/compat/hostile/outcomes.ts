import { systemClock } from '../../../src/base/clock.js'
import { RawClient } from '../../support/raw-client.js'
import type { HostileFrame } from './frames.js'

/** What became of a request: an answer came, the connection was closed without one, or neither within the patience. */
export type Outcome = 'answered' | 'closed' | 'waiting'

const AT_ONCE = 24

/** Sends each frame on a connection of its own. */
export async function outcomesOf(
  port: number,
  frames: readonly HostileFrame[],
  patienceMs: number,
): Promise<Outcome[]> {
  const outcomes = new Array<Outcome>(frames.length)
  let next = 0
  const sendNext = async (): Promise<void> => {
    while (next < frames.length) {
      const at = next++
      outcomes[at] = await outcomeOf(port, frames[at]!.bytes, patienceMs)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, sendNext))
  return outcomes
}

export async function outcomeOf(port: number, frame: Buffer, patienceMs: number): Promise<Outcome> {
  const client = await RawClient.connect(port)
  client.sendFrame(frame)
  let timer = { cancel: (): void => {} }
  const late = new Promise<'waiting'>((resolve) => {
    timer = systemClock.after(patienceMs, () => resolve('waiting'))
  })
  const answer = client.frame().then((bytes): Outcome => (bytes === null ? 'closed' : 'answered'))
  const outcome = await Promise.race([answer, late])
  timer.cancel()
  client.reset()
  return outcome
}
