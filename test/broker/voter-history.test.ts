import { expect, test } from 'vitest'
import { writeSnapshot } from '../../src/broker/metadata-snapshot.js'
import { VoterHistory } from '../../src/broker/voter-history.js'
import { voterRecords } from '../../src/broker/voter-records.js'
import { VoterSet } from '../../src/quorum/voter-set.js'
import { buildKRaftControlRecords } from '../../src/records/control.js'
import { bench, DIRECTORY, NOW, openLog } from '../storage/a-log.js'

const ENDPOINTS = [{ name: 'CONTROLLER', host: 'localhost', port: 9093 }]
const votersOf = (...ids: number[]): VoterSet =>
  VoterSet.of(
    ids.map((id) => ({
      ...{ id, directoryId: 'AAAAAAAAAAAAAAAAAAAAAQ', endpoints: ENDPOINTS },
      kraftVersions: { min: 0, max: 1 },
    })),
  )

/** A log of the metadata in which records about voters can be put. */
function metadata() {
  const on = bench()
  const log = openLog(on)
  const history = new VoterHistory(on.disk, log)
  return {
    on,
    log,
    history,
    write(level: number | null, voters: VoterSet): void {
      const batch = buildKRaftControlRecords({
        records: voterRecords(level, voters),
        timestamp: NOW,
        baseOffset: log.logEndOffset,
      })
      log.append(batch, { leaderEpoch: 1, origin: 'coordinator' })
      log.flushQueued()
      history.appended(batch)
    },
  }
}

test('who votes is what the last record says, committed or not, and a start reads the same', () => {
  const { on, log, history, write } = metadata()
  expect([history.voters, history.kraftVersion]).toEqual([null, 0])
  write(1, votersOf(0))
  write(null, votersOf(0, 1))
  expect([history.voters?.voters.ids, history.voters?.offset, history.kraftVersion]).toEqual([[0, 1], 2, 1])
  const again = new VoterHistory(on.disk, log)
  expect([again.voters, again.kraftVersion]).toEqual([history.voters, 1])
})

test('what is truncated never was', () => {
  const { log, history, write } = metadata()
  write(1, votersOf(0))
  write(null, votersOf(0, 1))
  log.truncateTo(2)
  history.truncated(2)
  expect(history.voters?.voters.ids).toEqual([0])
  log.truncateTo(0)
  history.truncated(0)
  expect([history.voters, history.kraftVersion]).toEqual([null, 0])
})

test('a snapshot says who voted where it ends, and a log that begins with it knows that', () => {
  const { on, log, history, write } = metadata()
  write(1, votersOf(0))
  const head = { timestamp: NOW, lastContainedTimestamp: NOW, voters: history.recordsAt(1) }
  write(null, votersOf(0, 1))
  expect(history.recordsAt(0)).toEqual(voterRecords(1, null))
  writeSnapshot(on.disk, DIRECTORY, { endOffset: 2, epoch: 1 }, [], head)
  log.truncateFullyAndStartAt(2)
  history.reload()
  expect([history.voters?.voters.ids, history.voters?.offset, history.kraftVersion]).toEqual([[0], 1, 1])
})

test('as long as voters are configured a snapshot says nothing of them', () => {
  expect(metadata().history.recordsAt(10)).toEqual([])
})
