import { expect, test } from 'vitest'
import { readQuorumState, writeQuorumState } from '../../src/broker/quorum-state.js'
import { ZERO_UUID } from '../../src/bytes/uuid.js'
import { MemoryDisk } from '../support/memory-disk.js'
import { seededRandom } from '../support/seeded-random.js'

const FIRST = { leaderId: -1, leaderEpoch: 4, votedId: 2, votedDirectoryId: ZERO_UUID, voters: [0, 1, 2] }
const SECOND = { ...FIRST, leaderEpoch: 5, votedId: 1 }

test('a vote is on the device when it is written down: after a power failure nobody votes again in that epoch', () => {
  const disk = new MemoryDisk()
  disk.makeDirectory('/metadata')
  disk.syncDirectory('/')
  for (const state of [FIRST, SECOND]) {
    writeQuorumState(disk, '/metadata', state, 0)
    for (let seed = 1; seed <= 20; seed++)
      expect(readQuorumState(disk.afterHarshPowerFailure(seededRandom(seed)), '/metadata')).toEqual(state)
  }
})
