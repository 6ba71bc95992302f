import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../src/protocol/errors.js'
import { beginEpochRequested, endEpochRequested } from '../../src/quorum/epochs.js'
import { LeaderRole } from '../../src/quorum/leader.js'
import { voteRequested } from '../../src/quorum/vote.js'
import { VoterSet } from '../../src/quorum/voter-set.js'
import { Cluster, voter } from './cluster.js'

/** A quorum of three in which somebody leads. */
function settled(seed = 1): Cluster {
  const cluster = new Cluster(seed, [0, 1, 2])
  cluster.run(5000)
  return cluster
}

describe('a quorum', () => {
  test('of one member leads at once', () => {
    const cluster = new Cluster(1, [7])
    expect(cluster.leader?.id).toBe(7)
    expect(cluster.member(7).log.highWatermark).toBe(1)
  })

  test('elects one leader, whom all follow', () => {
    const cluster = settled()
    const { id, quorum } = cluster.leader!
    for (const member of cluster.members) {
      expect(member.quorum.leaderId).toBe(id)
      expect(member.quorum.epoch).toBe(quorum.epoch)
    }
  })

  test('commits what a majority has, and nobody else commits more', () => {
    const cluster = settled()
    for (let i = 0; i < 5; i++) cluster.write()
    cluster.run(1000)
    for (const { log } of cluster.members) expect(log.highWatermark).toBe(6)
  })

  test('counts nothing of earlier epochs as committed before a record of its own is (Raft, 5.4.2)', () => {
    const leader = new LeaderRole(voter(0), VoterSet.of([0, 1, 2].map((id) => voter(id))), 10, 0)
    leader.wrote(11, 0)
    leader.fetched(voter(1), 10, 11, 0)
    expect(leader.committedOffset).toBeNull()
    leader.fetched(voter(1), 11, 11, 0)
    expect(leader.committedOffset).toBe(11)
  })

  test('elects another when its leader is gone', () => {
    const cluster = settled()
    const { id, quorum } = cluster.leader!
    const epoch = quorum.epoch
    cluster.stop(id)
    cluster.run(6000)
    expect(cluster.leader?.id).not.toBe(id)
    expect(cluster.leader!.quorum.epoch).toBeGreaterThan(epoch)
  })

  test('elects another at once when there is word that its leader is gone, and no two stand at the same time', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const cluster = settled(seed)
      const { id, quorum } = cluster.leader!
      const { epoch } = quorum
      cluster.stop(id)
      // What it had answered before has come.
      cluster.run(20)
      for (const other of cluster.members) if (other.isUp) cluster.tellGone(other.id)
      cluster.run(150)
      expect(cluster.leader?.quorum.epoch, `seed ${seed}`).toBe(epoch + 1)
    }
  })

  test('keeps its leader when one member has wrong word that it is gone', () => {
    const cluster = settled()
    const { id, quorum } = cluster.leader!
    const { epoch } = quorum
    cluster.tellGone((id + 1) % 3)
    cluster.run(5000)
    expect([cluster.leader?.id, cluster.leader?.quorum.epoch]).toEqual([id, epoch])
  })

  test('elects the named successor without waiting when its leader resigns', () => {
    const cluster = settled()
    const { id } = cluster.leader!
    cluster.resign(id)
    cluster.run(200)
    expect(cluster.leader?.id).not.toBe(id)
    expect(cluster.leader).not.toBeNull()
  })

  test('elects nobody while two of three are gone, and raises no epoch meanwhile', () => {
    const cluster = settled()
    const others = cluster.members.filter(({ id }) => id !== cluster.leader!.id)
    const { id, quorum } = cluster.leader!
    const { epoch } = quorum
    for (const other of others) cluster.stop(other.id)
    cluster.run(60_000)
    expect(cluster.leader).toBeNull()
    expect(cluster.member(id).quorum.epoch).toBeLessThanOrEqual(epoch + 1)
  })

  test('keeps its leader when a member that was cut off comes back (KIP-996)', () => {
    const cluster = settled()
    const leader = cluster.leader!
    const epoch = leader.quorum.epoch
    const lonely = cluster.members.find(({ id }) => id !== leader.id)!
    for (const { id } of cluster.members) if (id !== lonely.id) cluster.cut(lonely.id, id)
    cluster.run(30_000)
    cluster.heal()
    cluster.run(5000)
    expect(cluster.leader?.id).toBe(leader.id)
    expect(leader.quorum.epoch).toBe(epoch)
    expect(lonely.quorum.leaderId).toBe(leader.id)
  })

  test('has its cut-off leader step down, whose records are replaced by those of the new one', () => {
    const cluster = settled()
    const old = cluster.leader!
    for (const { id } of cluster.members) if (id !== old.id) cluster.cut(old.id, id)
    for (let i = 0; i < 4; i++) cluster.write(old)
    cluster.run(20_000)
    expect(old.quorum.leading).toBeNull()
    cluster.write()
    cluster.heal()
    cluster.run(10_000)
    expect(old.log.entries).toEqual(cluster.leader!.log.entries)
    expect(old.log.highWatermark).toBe(cluster.leader!.log.highWatermark)
  })

  test('follows a liar to a higher epoch, and elects again, but to none after which nobody could be elected', () => {
    const cluster = settled()
    const lie = (epoch: number): ErrorCode[] =>
      cluster.members.flatMap((member) => {
        const from = voter((member.id + 1) % 3)
        const ask = { epoch, lastEpoch: 0, lastOffset: 0, isPreVote: false }
        const end = { leaderId: from.id, epoch, preferredSuccessors: [] }
        return [
          cluster.turn(member, (turn) => voteRequested(turn, { candidate: from, ...ask }).errorCode),
          cluster.turn(member, (turn) => beginEpochRequested(turn, { leaderId: from.id, epoch }).errorCode),
          cluster.turn(member, (turn) => endEpochRequested(turn, end).errorCode),
        ]
      })
    for (const epoch of [2 ** 31 - 1, 2 ** 31 - 2, 2 ** 30 + 1])
      expect(new Set(lie(epoch))).toEqual(new Set([ErrorCode.INVALID_REQUEST]))
    expect(cluster.leader!.quorum.epoch).toBeLessThan(10)
    for (const epoch of [1000, 2 ** 30, 2 ** 30 + 900]) {
      expect(new Set(lie(epoch))).toEqual(new Set([ErrorCode.NONE]))
      cluster.run(20_000)
      expect(cluster.leader!.quorum.epoch).toBeGreaterThan(epoch)
    }
  })

  test('gives a member whose place in the log is gone a snapshot', () => {
    const cluster = settled()
    const late = cluster.members.find(({ id }) => id !== cluster.leader!.id)!
    cluster.stop(late.id)
    for (let i = 0; i < 9; i++) cluster.write()
    cluster.run(1000)
    cluster.snapshot(cluster.leader!.id)
    cluster.write()
    cluster.start(late.id)
    cluster.run(5000)
    expect(late.log.startOffset).toBe(10)
    expect(late.log.highWatermark).toBe(11)
  })

  test('lets an observer find the leader, follow it and count for nothing', () => {
    const cluster = new Cluster(4, [0, 1, 2], [9])
    cluster.run(8000)
    cluster.write()
    cluster.run(1000)
    expect(cluster.member(9).quorum.leaderId).toBe(cluster.leader!.id)
    expect(cluster.member(9).log.highWatermark).toBe(2)
    const { id } = cluster.leader!
    for (const voter of [0, 1, 2]) if (voter !== id) cluster.stop(voter)
    cluster.write(cluster.member(id))
    cluster.run(1000)
    expect(cluster.member(9).log.endOffset).toBe(3)
    expect(cluster.member(id).log.highWatermark).toBe(2)
  })
})
