import { expect, test } from 'vitest'
import type { GroupState } from '../../src/group/group.js'
import { GroupScript } from './group-script.js'

const RUNS = 150
const STEPS = 120

test('whatever happens, members agree, generations only grow, and the log tells the same story', () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const done: string[] = []
    try {
      live(mulberry32(seed), done, seed % 2 === 0 ? 0 : 3000)
    } catch (error) {
      throw new Error(`seed ${seed}, after\n${done.join('\n')}`, { cause: error })
    }
  }
})

function live(random: () => number, done: string[], initialRebalanceDelayMs: number): void {
  const script = new GroupScript()
  Object.assign(script.config, { initialRebalanceDelayMs, membersMax: 4 })
  const generations = new Map<string, number>()
  for (let step = 0; step < STEPS; step++) {
    const command = randomCommand(random, script)
    done.push(command)
    script.run(command)
    // A new coordinator knows only of what was written.
    if (command === 'restart') generations.clear()
    check(script, generations)
  }
  script.settleAll(0)
  expectSameAfterReplay(script)
}

function randomCommand(random: () => number, script: GroupScript): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const group = pick(['g', 'h'])
  const current = script.groups.find(group)
  const member = pick([...(current?.members ?? [])])
  const id = pick([member?.id ?? 'x', 'stranger', ...(current?.members.pendingJoin ?? [])])
  const generation = pick([current?.generation ?? 1, current?.generation ?? 1, -1])
  const instance = member?.instanceId && id === member.id ? ` instance=${member.instanceId}` : ''
  const protocols = pick(['range:t', 'range:t,sticky:t', 'sticky:u,range:t', 'sticky:u'])
  const assign = [...(current?.members ?? [])].map(({ id }) => `${id}:${Math.floor(random() * 10)}`).join(',')
  const timeouts = `session=${pick([6000, 20_000])} rebalance=${pick([5000, 30_000])}`
  return pick([
    () => `join c group=${group} v=${pick([3, 9])} protocols=${protocols} ${timeouts}`,
    () => `join c group=${group} instance=${pick(['i', 'j'])} v=${pick([8, 9])} protocols=${protocols} ${timeouts}`,
    () => `join c group=${group} member=${id}${instance} protocols=${protocols} ${timeouts}`,
    () => `join c group=${group} member=${id}${instance} protocols=${protocols} ${timeouts}`,
    () => `sync c group=${group} member=${id}${instance} gen=${generation} assign=${assign}`,
    () => `sync c group=${group} member=${current?.leaderId ?? 'x'} gen=${generation} assign=${assign}`,
    () => `heartbeat c group=${group} member=${id}${instance} gen=${generation}`,
    () => `leave c group=${group} members=${id}`,
    () =>
      `commit c group=${group} member=${id}${instance} gen=${generation} offsets=t-${pick([0, 1])}:${pick([1, 2, 3])}`,
    () => `commit c group=${group} offsets=t-${pick([0, 1])}:${pick([1, 2, 3])}`,
    () => `delete c group=${group}`,
    () => `delete-offsets c group=${group} topics=t:0`,
    () => `wait ${pick([1, 1000, 5000, 20_000])}`,
    () => 'expire',
    () => 'hold',
    () => 'written',
    () => 'written',
    () => (random() < 0.3 ? 'restart' : 'written'),
  ])()
}

const STABLE: readonly GroupState[] = ['CompletingRebalance', 'Stable']

function check({ groups }: GroupScript, generations: Map<string, number>): void {
  for (const group of groups) {
    const members = [...group.members]
    if (STABLE.includes(group.state)) {
      expect(members.length).toBeGreaterThan(0)
      expect(group.protocolName).not.toBeNull()
      for (const { protocols } of members) expect(protocols.map(({ name }) => name)).toContain(group.protocolName)
    }
    if (group.state === 'Empty') expect(members).toEqual([])
    if (members.length > 0) expect(group.members.find(group.leaderId!)).not.toBeNull()
    if (group.state !== 'PreparingRebalance') expect(members.filter((member) => member.awaitingJoin)).toEqual([])
    if (group.state !== 'CompletingRebalance') expect(members.filter((member) => member.awaitingSync)).toEqual([])
    const before = generations.get(group.id) ?? 0
    if (group.generation > 0) expect(group.generation).toBeGreaterThanOrEqual(before)
    generations.set(group.id, group.generation)
  }
}

/** Of a group that is in the middle of something, the log knows its last stable or empty generation. */
function expectSameAfterReplay(script: GroupScript): void {
  const view = () =>
    [...script.groups]
      .filter(({ state }) => state === 'Stable' || state === 'Empty')
      .map((group) => ({
        id: group.id,
        state: group.state,
        generation: group.generation,
        protocol: [group.protocolType, group.protocolName],
        leader: group.leaderId,
        since: group.isRecorded && group.state === 'Empty' ? group.stateSinceMs : null,
        members: [...group.members].map(({ id, instanceId, assignment, sessionTimeoutMs, rebalanceTimeoutMs }) => ({
          ...{ id, instanceId, assignment: assignment.toString(), sessionTimeoutMs, rebalanceTimeoutMs },
        })),
        offsets: offsetsOf(script, group.id),
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
  const offsets = () => ['g', 'h'].map((id) => offsetsOf(script, id))
  const [before, offsetsBefore] = [view(), offsets()]
  script.restart()
  const names = before.map(({ id }) => id)
  expect(view().filter(({ id }) => names.includes(id))).toEqual(before)
  expect(offsets()).toEqual(offsetsBefore)
}

function offsetsOf(script: GroupScript, groupId: string): unknown[] {
  return [...script.groups.offsets.ofGroup(groupId)]
    .flatMap(([topic, partitions]) => [...partitions].map(([partition, offset]) => ({ topic, partition, ...offset })))
    .sort((a, b) => a.partition - b.partition)
}

/** A small generator of pseudo-random numbers, the same everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
