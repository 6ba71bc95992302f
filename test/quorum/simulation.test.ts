import { expect, test } from 'vitest'
import { Cluster, type Member } from './cluster.js'
import type { Entry } from './memory-log.js'

const SEEDS = 200
/** Some seconds, if the machine has nothing else to do. */
const BUSY = { timeout: 300_000 }
const STEPS = 120

test(`whatever fails, there is one leader an epoch, and what was committed stays (${SEEDS} seeds)`, BUSY, () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const broken = play(seed)
    if (broken !== null) expect.fail(`seed ${seed}: ${broken.message}\n${broken.trace.join('\n')}`)
  }
})

test('once everything is well again a leader is found and everybody agrees', BUSY, () => {
  for (let seed = 1; seed <= 50; seed++) {
    const cluster = new Cluster(seed, [0, 1, 2, 3, 4])
    for (let step = 0; step < STEPS; step++) mishap(cluster)
    cluster.heal()
    cluster.lossPercent = 0
    for (const { id, isUp } of cluster.members) if (!isUp) cluster.start(id)
    cluster.run(30_000)
    cluster.write()
    cluster.run(5000)
    const { log, quorum } = cluster.leader!
    expect(log.highWatermark, `seed ${seed}`).toBe(log.endOffset)
    for (const member of cluster.members) {
      expect(member.quorum.leaderId, `seed ${seed}`).toBe(quorum.id)
      expect(member.log.endOffset, `seed ${seed}`).toBe(log.endOffset)
    }
  }
})

/** In every other one the voters change: votes are given and taken, disks are replaced, members ask for a vote by themselves. */
function play(seed: number): { message: string; trace: string[] } | null {
  const isDynamic = seed % 2 === 0
  // An even number is where two changes that do not know of each other have majorities without a member in common.
  const voters = isDynamic ? [0, 1, 2, 3] : seed % 3 === 0 ? [0, 1, 2, 3, 4] : [0, 1, 2]
  const cluster = new Cluster(seed, voters, isDynamic ? [7, 9] : [9], isDynamic)
  cluster.joinsByItself = seed % 4 === 0
  const committed = new Map<number, Entry>()
  const leaders = new Map<number, number>()
  const votes = new Map<string, number>()
  let broken: string | null = null
  cluster.onEvent = () => {
    for (const { id, self, isUp, quorum, log, remembered } of cluster.members) {
      if (remembered !== null && remembered.votedId >= 0) {
        const vote = `${id} ${self.directoryId} in epoch ${remembered.epoch}`
        if ((votes.get(vote) ?? remembered.votedId) !== remembered.votedId) broken ??= `${vote} voted twice`
        votes.set(vote, remembered.votedId)
      }
      if (!isUp) continue
      if (quorum.leading !== null) {
        const known = leaders.get(quorum.epoch) ?? id
        // Right after an election is where a change is dangerous: an earlier leader's may still come to count.
        if (isDynamic && !leaders.has(quorum.epoch)) changeVoters(cluster, cluster.member(id))
        if (known !== id) broken ??= `${known} and ${id} both lead epoch ${quorum.epoch}`
        leaders.set(quorum.epoch, id)
      }
      for (let offset = log.startOffset; offset < log.highWatermark; offset++) {
        const entry = log.entries[offset - log.startOffset]
        const other = committed.get(offset)
        if (entry === undefined) broken ??= `${id} lacks the committed record ${offset}`
        else if (other === undefined) committed.set(offset, entry)
        else if (other.value !== entry.value) broken ??= `${offset} is ${other.value}, and ${entry.value} at ${id}`
      }
    }
  }
  for (let step = 0; step < STEPS && broken === null; step++) {
    if (isDynamic) {
      changeVoters(cluster)
      cluster.run(cluster.random.int(50))
    }
    mishap(cluster)
  }
  return broken === null ? null : { message: broken, trace: cluster.trace }
}

function changeVoters(cluster: Cluster, leader = anyLeader(cluster)): void {
  const { random, members } = cluster
  const { self, id, isUp } = members[random.int(members.length)]!
  const isVoter = leader?.quorum.voters.get(id) != null
  const isLost = !isUp && members.every((one) => one.quorum.voters.get(id)?.directoryId !== self.directoryId)
  // A voter that loses its disk would break its word: only who has no vote anywhere may.
  if (isLost) cluster.replaceDisk(id)
  else cluster.changeVoters(isVoter ? 'remove' : 'add', self, leader)
}

function anyLeader({ random, members }: Cluster): Member | undefined {
  const leaders = members.filter(({ isUp, quorum }) => isUp && quorum.leading !== null)
  return leaders[random.int(Math.max(1, leaders.length))]
}

function mishap(cluster: Cluster): void {
  const { random, members } = cluster
  const member = members[random.int(members.length)]!
  switch (random.int(11)) {
    case 0:
      if (member.isUp) cluster.stop(member.id)
      break
    case 1:
    case 2:
      if (!member.isUp) cluster.start(member.id)
      break
    case 3:
      cluster.cut(member.id, members[random.int(members.length)]!.id)
      break
    case 4:
      cluster.heal()
      break
    case 5:
      cluster.lossPercent = random.int(3) * 20
      cluster.delayMsMax = 10 + random.int(2) * 500
      break
    case 6:
      if (member.isUp) cluster.resign(member.id)
      break
    case 7:
      if (member.isUp) cluster.snapshot(member.id)
      break
    case 8:
      for (const { id, isUp } of members) if (isUp && random.int(3) > 0) cluster.tellGone(id)
      break
    default:
      for (const other of members) if (random.int(2) === 0) cluster.write(other)
  }
  cluster.run(random.int(2000))
}
