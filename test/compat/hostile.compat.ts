import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApacheProcess } from './apache-process.js'
import { DaemonProcess } from './daemon-process.js'
import { DIFFERENCES } from './hostile/differences.js'
import { bentRequests, type HostileFrame, liesOfAllRequests } from './hostile/frames.js'
import { type Outcome, outcomesOf } from './hostile/outcomes.js'

/** More than Apache Kafka takes for the first request of a kind. */
const PATIENCE_MS = 3000
const SEED = Number(process.env.KLOG_HOSTILE_SEED ?? 1)
const BENT = 5000

let directory: string
let klog: DaemonProcess
let kafka: ApacheProcess

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'klog-hostile-'))
  const settings = { 'group.initial.rebalance.delay.ms': '0' }
  klog = await DaemonProcess.start(directory, settings)
  kafka = await ApacheProcess.start(directory, settings)
})
afterAll(async () => {
  await Promise.all([klog?.end('SIGKILL'), kafka?.end('SIGKILL')])
  rmSync(directory, { recursive: true, force: true })
})

describe('klog closes or answers where Apache Kafka does', () => {
  test('each API in each version, cut short everywhere, and with every number, length and count lying', async () => {
    const frames = liesOfAllRequests()
    expect(frames.length).toBeGreaterThan(10_000)
    const unexplained = await compare(frames)
    const told = new Set(unexplained.flatMap(({ differs }) => differs))
    expect(unexplained.filter(({ isExplained }) => !isExplained)).toEqual([])
    expect(DIFFERENCES.filter((difference) => !told.has(difference)).map(({ reason }) => reason)).toEqual([])
  })

  test(`what real clients sent, bent by chance (KLOG_HOSTILE_SEED=${SEED})`, async () => {
    const differing = await compare(bentRequests(SEED, BENT))
    expect(differing).toEqual([])
  })
})

/** What differs is asked again when all others are done: meanwhile one broker may have had a record more than the other. */
async function compare(frames: readonly HostileFrame[]) {
  const first = await differing(frames)
  return (await differing(first.map(({ frame }) => frame))).map(({ frame: { name, bytes }, ...outcome }) => {
    const differs = DIFFERENCES.filter(
      (known) => known.name.test(name) && known.kafka === outcome.kafka && known.klog === outcome.klog,
    )
    return { name, ...outcome, hex: bytes.toString('hex'), differs, isExplained: differs.length > 0 }
  })
}

async function differing(
  frames: readonly HostileFrame[],
): Promise<{ frame: HostileFrame; kafka: Outcome; klog: Outcome }[]> {
  const theirs = await outcomesOf(portOf(kafka), frames, PATIENCE_MS)
  const ours = await outcomesOf(portOf(klog), frames, PATIENCE_MS)
  return frames
    .map((frame, at) => ({ frame, kafka: theirs[at]!, klog: ours[at]! }))
    .filter((outcome) => outcome.kafka !== outcome.klog)
}

function portOf({ bootstrap }: { bootstrap: string }): number {
  return Number(bootstrap.split(':')[1])
}
