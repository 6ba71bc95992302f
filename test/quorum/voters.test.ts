import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../src/protocol/errors.js'
import { Cluster, voter } from './cluster.js'

/** Three voters that stand in the log, two members without a vote, and somebody who leads. */
function settled(seed = 3): Cluster {
  const cluster = new Cluster(seed, [0, 1, 2], [7, 9], true)
  cluster.run(6000)
  return cluster
}

const votersOf = (cluster: Cluster): readonly number[] => cluster.leader!.quorum.voters.ids

/** What has come of a change after a second. */
function changed(cluster: Cluster, ...change: Parameters<Cluster['changeVoters']>) {
  const asked = cluster.changeVoters(...change)
  cluster.run(1000)
  return asked.answer
}

const REFUSED = (errorCode: ErrorCode, reason: string) => ({ errorCode, errorMessage: expect.stringContaining(reason) })
const DONE = { errorCode: ErrorCode.NONE, errorMessage: null }

describe('voters that stand in the log (KIP-853)', () => {
  test('are told by the leader at the beginning of its epoch, for whoever has only the log', () => {
    const cluster = settled()
    const { log } = cluster.member(9)
    expect(log.before.voters).toBeNull()
    expect([log.voters?.voters.ids, log.kraftVersion]).toEqual([[0, 1, 2], 1])
  })

  test('become more by one that has caught up, and everybody knows', () => {
    const cluster = settled()
    expect(changed(cluster, 'add', voter(7))).toEqual(DONE)
    for (const { quorum } of cluster.members) expect(quorum.voters.ids).toEqual([0, 1, 2, 7])
    expect(cluster.leader!.quorum.leading!.observers.size).toBe(1)
  })

  test('elect by the new majority', () => {
    const cluster = settled()
    changed(cluster, 'add', voter(7))
    changed(cluster, 'add', voter(9))
    for (const id of [0, 1]) cluster.stop(id)
    cluster.run(8000)
    expect([2, 7, 9]).toContain(cluster.leader?.id)
    cluster.stop(cluster.leader!.id)
    cluster.run(8000)
    expect(cluster.leader).toBeNull()
  })

  test('are not joined by one that is behind: nothing could be committed until it has the log', () => {
    const cluster = settled()
    cluster.member(7).nextFetchAt = Number.POSITIVE_INFINITY
    cluster.run(100)
    cluster.leader!.quorum.leading!.observers.clear()
    const asked = cluster.changeVoters('add', voter(7))
    cluster.run(100)
    expect(asked.answer).toEqual(REFUSED(ErrorCode.REQUEST_TIMED_OUT, 'since it is lagging behind'))
    expect(votersOf(cluster)).toEqual([0, 1, 2])
  })

  test('are not joined by one that does not answer in time', () => {
    const cluster = settled()
    const { id } = cluster.leader!
    cluster.cut(id, 7)
    const asked = cluster.changeVoters('add', voter(7))
    expect(asked.answer).toBeNull()
    cluster.run(2500)
    expect(asked.answer).toMatchObject({ errorCode: ErrorCode.REQUEST_TIMED_OUT })
  })

  test('change one at a time', () => {
    const cluster = settled()
    const first = cluster.changeVoters('add', voter(7))
    const second = cluster.changeVoters('add', voter(9))
    expect(second.answer).toEqual(REFUSED(ErrorCode.REQUEST_TIMED_OUT, 'handle previous voter change request'))
    cluster.run(1000)
    expect(first.answer).toEqual(DONE)
  })

  test('do not change before the leader has committed something of its own epoch (Raft, single-server changes)', () => {
    const cluster = settled()
    const others = cluster.members.filter(({ id }) => id < 3 && id !== cluster.leader!.id)
    cluster.stop(cluster.leader!.id)
    while (cluster.leader === null) cluster.run(5)
    const { id } = cluster.leader
    for (const other of others) if (other.id !== id) cluster.cut(id, other.id)
    expect(changed(cluster, 'remove', voter(0))).toEqual(REFUSED(ErrorCode.REQUEST_TIMED_OUT, 'establish HWM'))
  })

  test('become fewer; the leader that takes its own vote leads until that is committed, and then others do', () => {
    const cluster = settled()
    const { id } = cluster.leader!
    const asked = cluster.changeVoters('remove', voter(id))
    expect(cluster.leader!.id).toBe(id)
    cluster.run(6000)
    expect(asked.answer).toEqual(DONE)
    expect(cluster.leader!.id).not.toBe(id)
    expect(votersOf(cluster)).toEqual([0, 1, 2].filter((other) => other !== id))
    // It follows, and counts for nothing.
    expect(cluster.member(id).quorum.leaderId).toBe(cluster.leader!.id)
    expect(cluster.member(id).log.endOffset).toBe(cluster.leader!.log.endOffset)
  })

  test('never become none', () => {
    const cluster = new Cluster(1, [0], [], true)
    expect(changed(cluster, 'remove', voter(0))).toEqual(
      REFUSED(ErrorCode.VOTER_NOT_FOUND, 'Cannot remove voter ReplicaKey(id=0, directoryId=disk)'),
    )
  })

  test('are known by their directories too: with another disk it is another replica, which has no vote', () => {
    const cluster = settled()
    const other = voter(cluster.members.find(({ id }) => id < 3 && id !== cluster.leader!.id)!.id, 'another disk')
    expect(changed(cluster, 'remove', other)).toMatchObject({ errorCode: ErrorCode.VOTER_NOT_FOUND })
    expect(changed(cluster, 'add', other)).toEqual(REFUSED(ErrorCode.DUPLICATE_VOTER, 'already part of the set'))
    cluster.replaceDisk(other.id)
    cluster.start(other.id)
    cluster.run(3000)
    const { quorum, self, log } = cluster.member(other.id)
    expect([quorum.isVoter, log.endOffset]).toEqual([false, cluster.leader!.log.endOffset])
    expect(cluster.leader!.quorum.leading!.observers.has(`${other.id} ${self.directoryId}`)).toBe(true)
  })

  test('are joined without being asked by who is to, also in place of the replica that its last disk was', () => {
    const cluster = settled()
    cluster.joinsByItself = true
    const lost = cluster.members.find(({ id }) => id < 3 && id !== cluster.leader!.id)!
    cluster.replaceDisk(lost.id)
    for (const id of [7, lost.id]) {
      cluster.stop(id)
      cluster.start(id)
      cluster.run(10_000)
    }
    expect(votersOf(cluster)).toEqual([0, 1, 2, 7])
    expect(cluster.leader!.quorum.voters.get(lost.id)?.directoryId).toBe(lost.self.directoryId)
  })

  test('say where they listen when that has changed', () => {
    const cluster = settled()
    const member = cluster.members.find(({ id }) => id < 3 && id !== cluster.leader!.id)!
    const endpoints = [{ name: 'CONTROLLER', host: 'elsewhere', port: 1 }]
    cluster.stop(member.id)
    member.self = { ...member.self, endpoints }
    cluster.start(member.id)
    cluster.run(6000)
    for (const { quorum } of cluster.members) expect(quorum.voters.get(member.id)?.endpoints).toEqual(endpoints)
  })
})

describe('voters that were configured', () => {
  test('come into the log by an upgrade of kraft.version, with the directories and endpoints that they have told', () => {
    const cluster = new Cluster(1, [0, 1, 2])
    cluster.run(6000)
    expect(cluster.leader!.log.voters).toBeNull()
    cluster.upgrade()
    cluster.run(1000)
    for (const { quorum } of cluster.members) {
      expect([quorum.log.kraftVersion, quorum.voters.all]).toEqual([1, [voter(0), voter(1), voter(2)]])
    }
    expect(changed(cluster, 'remove', voter(0))).toEqual(DONE)
  })

  test('cannot change before', () => {
    const cluster = new Cluster(1, [0, 1, 2])
    cluster.run(6000)
    const reason = "Cluster doesn't support removing voter because the kraft.version feature is 0"
    expect(changed(cluster, 'remove', voter(0))).toEqual(REFUSED(ErrorCode.UNSUPPORTED_VERSION, reason))
  })
})
