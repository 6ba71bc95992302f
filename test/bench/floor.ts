import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../support/klog-home.js'
import type { MeasuredBroker } from './brokers.js'
import { fetchFrame, writeFloorAnswers } from './frames.js'
import type { NativePrograms } from './native.js'

/** Batches that are all of one length, as the floor keeps them. Zero bytes: whole requests are kept, none can be fetched. */
export interface FloorBatches {
  readonly batchBytes: number
  readonly recordsPerBatch: number
}

/** The least that a broker can do, in C, with an empty log for one topic. */
export async function floorBroker(
  programs: NativePrograms,
  topic: string,
  batches: FloorBatches,
): Promise<MeasuredBroker> {
  const port = await freePort()
  const directory = join(programs.path('floor'), '..', `floor-${port}`)
  mkdirSync(directory)
  writeFloorAnswers(directory, port, topic)
  const { offsetAt, headBytes } = fetchFrame(topic)
  const args = [port, directory, offsetAt, headBytes, batches.batchBytes, Math.max(1, batches.recordsPerBatch)]
  const child = spawn(programs.path('floor'), args.map(String), { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return {
    name: 'floor',
    port,
    pid: child.pid!,
    dataDirectory: directory,
    stop: async () => {
      const ended = once(child, 'exit')
      child.kill()
      await ended
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
