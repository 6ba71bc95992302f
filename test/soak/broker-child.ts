import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { writeHeapSnapshot } from 'node:v8'
import { systemClock } from '../../src/base/clock.js'
import { lineLog } from '../../src/base/log.js'
import { systemRandom } from '../../src/base/random.js'
import { startDaemon } from '../../src/daemon.js'

/** What a broker holds when everything that can be collected has been. */
export interface Measurement {
  readonly heapBytes: number
  /** Beside the heap: buffers. */
  readonly externalBytes: number
  readonly residentBytes: number
  /** But those of segments. */
  readonly descriptors: number
  readonly timers: number
}

/** What the broker is asked: how much it holds, or what that is. */
export type Asked = 'measure' | { readonly heapSnapshotTo: string }

export type Told =
  | { readonly type: 'serves' }
  | { readonly type: 'measured'; readonly measured: Measurement }
  | { readonly type: 'listed'; readonly descriptors: readonly string[]; readonly resources: readonly string[] }

/** A broker in a process that can be asked what it holds: told its settings by the first message, asked by each later one. */
process.once('message', async (settings: [string, string][]) => {
  const directory = new Map(settings).get('log.dirs')!
  const log = lineLog((line) => {
    if (/\] (ERROR|WARN) /.test(line)) process.stdout.write(line)
  }, systemClock)
  const daemon = await startDaemon({
    ...{ settings: new Map(settings), clusterId: null, clock: systemClock, random: systemRandom, log },
  })
  process.on('message', (asked: Asked) =>
    tell(asked === 'measure' ? { type: 'measured', measured: measure(directory) } : list(asked.heapSnapshotTo)),
  )
  process.on('SIGTERM', async () => {
    await daemon.close()
    process.exit(0)
  })
  tell({ type: 'serves' })
})

function measure(directory: string): Measurement {
  for (let times = 0; times < 3; times++) globalThis.gc?.()
  const { heapUsed: heapBytes, external: externalBytes, rss: residentBytes } = process.memoryUsage()
  return {
    ...{ heapBytes, externalBytes, residentBytes },
    descriptors: leftOpen(directory),
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
  }
}

function list(heapSnapshotTo: string): Told {
  writeHeapSnapshot(heapSnapshotTo)
  return { type: 'listed', descriptors: openFiles(), resources: process.getActiveResourcesInfo() }
}

/** Open files but those that are there to be open: segments, which become more as they are written, each of them once. */
function leftOpen(directory: string): number {
  const segments = new Set<string>()
  return openFiles().filter((path) => {
    const isSegment = path.startsWith(directory) && !segments.has(path) && existsSync(path)
    if (isSegment) segments.add(path)
    return !isSegment
  }).length
}

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      // The one that the directory itself was read with.
      return []
    }
  })
}

function tell(what: Told): void {
  process.send!(what)
}
