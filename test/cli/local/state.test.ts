import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Home, homeOf } from '../../../src/cli/local/home.js'
import { type BrokerState, readState, writeState } from '../../../src/cli/local/state.js'
import { MemoryDisk } from '../../support/memory-disk.js'
import { seededRandom } from '../../support/seeded-random.js'

let home: Home
beforeEach(() => {
  home = homeOf({ KLOG_HOME: mkdtempSync(join(realpathSync(tmpdir()), 'klog-state-')) })
})
afterEach(() => rmSync(home.directory, { recursive: true }))

const stateOf = (pid: number): BrokerState => ({
  ...{ version: '1.0.0', pid, processStart: '7', host: 'localhost', port: 9092, nodeId: 0 },
  ...{ clusterId: '4L6g3nShT-eMCtK--X86sw', dataDirectories: ['/data'], startedAtMs: 1_700_000_000_000 },
})

/** The process number that is read from what a disk holds; null where it holds none. */
function pidOn(disk: MemoryDisk): number | null {
  const bytes = disk.readFile(home.stateFile)
  rmSync(home.stateFile, { force: true })
  if (bytes !== null) writeFileSync(home.stateFile, bytes)
  return readState(home)?.pid ?? null
}

test('the state file is that of the old broker or the new one, wherever the disk stops and whether or not the power goes', () => {
  const before = new MemoryDisk()
  before.makeDirectory(home.directory)
  for (const old of [null, 11]) {
    if (old !== null) writeState(home, stateOf(old), before)
    for (let stop = 1, isOver = false; !isOver; stop++) {
      const disk = before.afterKill()
      disk.stopAfter(stop)
      try {
        writeState(home, stateOf(12), disk)
        isOver = true
      } catch (error) {
        expect(String(error)).toContain('the disk has stopped')
      }
      expect([old, 12]).toContain(pidOn(disk.afterKill()))
      expect([old, 12]).toContain(pidOn(disk.afterHarshPowerFailure(seededRandom(stop))))
      if (isOver) expect(pidOn(disk.afterHarshPowerFailure(seededRandom(1)))).toBe(12)
    }
  }
})
