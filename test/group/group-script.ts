import { type Asker, Effects } from '../../src/coordination/effects.js'
import type { JoinAnswer, LeaveAnswer, SyncAnswer } from '../../src/group/answers.js'
import { type CommitAnswer, commit } from '../../src/group/commit.js'
import { type DeleteOffsetsAnswer, deleteGroup, deleteOffsets, topicsDeleted } from '../../src/group/deletion.js'
import { describeGroup, GroupFilter, listGroups } from '../../src/group/describe.js'
import type { GroupWrite, TimerId } from '../../src/group/effects.js'
import { expire } from '../../src/group/expiry.js'
import { fetchOffsets } from '../../src/group/fetch-offsets.js'
import { Groups, type Turn } from '../../src/group/groups.js'
import { heartbeat, sessionTimeout } from '../../src/group/heartbeat.js'
import { join } from '../../src/group/join.js'
import { leave } from '../../src/group/leave.js'
import { joinTimeout } from '../../src/group/rebalance.js'
import { parseRecord } from '../../src/group/records.js'
import { loaded, replay, unload } from '../../src/group/replay.js'
import { sync, syncTimeout } from '../../src/group/sync.js'
import { errorName } from '../../src/protocol/errors.js'
import { subscription } from './subscription.js'

const NO_ID = 'AAAAAAAAAAAAAAAAAAAAAA'
const DEFAULTS = {
  sessionTimeoutMsMin: 6000,
  sessionTimeoutMsMax: 1_800_000,
  membersMax: 2 ** 31 - 1,
  initialRebalanceDelayMs: 3000,
  offsetMetadataMax: 4096,
  offsetsRetentionMs: 7 * 86_400_000,
}

interface LoggedRecord {
  key: Buffer
  value: Buffer | null
  producerId: bigint | null
}
type Options = Record<string, string>
interface Named {
  readonly name: string
  readonly kind: string
}

/**
 * A coordinator without a broker, driven by lines such as `join a group=g` or `wait 3000`: time passes when it is told to, and records
 * are committed at once unless `hold` is said. Ids of new members end in 1, 2, 3 …
 */
export class GroupScript {
  readonly config = { ...DEFAULTS }
  groups = new Groups(this.config)
  /** Records, and the ends of transactions. */
  readonly log: (LoggedRecord | { endOf: bigint; isCommit: boolean })[] = []
  now = 0
  #out: string[] = []
  #timers = new Map<string, { timer: TimerId; at: number }>()
  #held: GroupWrite[] | null = null
  #uuids = 0

  readonly #commands: Record<string, (who: string, o: Options) => void> = {
    config: (_, o) => void Object.assign(this.config, Object.fromEntries(Object.entries(o).map(([k, v]) => [k, +v]))),
    join: (who, o) => this.#join(who, o),
    sync: (who, o) =>
      this.turn((turn) =>
        sync(turn, {
          asker: asker('sync', who),
          ...membership(o),
          protocolType: o.type ?? null,
          protocolName: o.protocol ?? null,
          assignments: new Map(pairs(o.assign).map(([id, text]) => [id, Buffer.from(text)])),
        }),
      ),
    heartbeat: (who, o) => this.turn((turn) => heartbeat(turn, { asker: asker('code', who), ...membership(o) })),
    leave: (who, o) => {
      const members = list(o.members ?? who).map((memberId) => ({ memberId, instanceId: o.instance ?? null }))
      if (o.instances) for (const id of list(o.instances)) members.push({ memberId: '', instanceId: id })
      this.turn((turn) => leave(turn, { asker: asker('leave', who), groupId: o.group!, members }))
    },
    commit: (who, o) => this.#commit(who, o),
    fetch: (_, o) => this.#fetch(o),
    describe: (_, o) => this.#describe(o.group!),
    list: (_, o) => {
      const found = listGroups(this.groups, new GroupFilter({ states: list(o.states), types: list(o.types) }))
      this.#out.push(
        found.map((g) => `${g.groupId} ${g.protocolType || '-'} ${g.groupState} ${g.groupType}`).join('\n'),
      )
    },
    delete: (_, o) => this.turn((turn) => deleteGroup(turn, { asker: asker('code', 'delete'), groupId: o.group! })),
    'delete-offsets': (_, o) => {
      const topics = pairs(o.topics).map(([name, numbers]) => ({ name, partitions: numbers.split('+').map(Number) }))
      this.turn((turn) => deleteOffsets(turn, { asker: asker('delete-offsets', 'delete'), groupId: o.group!, topics }))
    },
    'topics-deleted': (_, o) => this.turn((turn) => topicsDeleted(turn, new Set(list(o.topics)))),
    expire: () => this.turn(expire),
    hold: () => {
      this.#held ??= []
    },
    written: () => this.settleAll(0),
    failed: (code) => this.settleAll(Number(code)),
    'transaction-commits': (who, o) => this.#commit(who, o),
    'end-transaction': (outcome, o) => {
      const marker = { endOf: BigInt(o.producer!), isCommit: outcome === 'commit' }
      this.log.push(marker)
      this.groups.offsets.endTransaction(marker.endOf, marker.isCommit)
    },
    wait: (ms) => this.wait(Number(ms)),
    restart: () => this.restart(),
    unload: () => this.turn(unload),
    timers: () => this.#showTimers(),
  }

  run(line: string): string {
    this.#out = []
    const [command, ...rest] = line.split(' ')
    const who = rest[0]?.includes('=') ? '' : (rest.shift() ?? '')
    this.#commands[command!]!(who, Object.fromEntries(rest.map((word) => word.split(/=(.*)/s).slice(0, 2))))
    return this.#out.filter((output) => output !== '').join('\n')
  }

  turn(act: (turn: Turn) => void): void {
    const effects = new Effects()
    act({ groups: this.groups, now: this.now, effects })
    this.#carryOut(effects)
  }

  /** Whatever is held is committed, or refused with a code. */
  settleAll(error: number): void {
    const held = this.#held ?? []
    this.#held = null
    for (const write of held) this.#settle(write, error)
  }

  wait(ms: number): void {
    const until = this.now + ms
    for (;;) {
      const next = [...this.#timers.values()].sort((a, b) => a.at - b.at)[0]
      if (next === undefined || next.at > until) break
      this.now = next.at
      this.#timers.delete(keyOf(next.timer))
      const { kind, groupId, memberId } = next.timer
      const before = this.#out.length
      this.turn((turn) => {
        if (kind === 'join') joinTimeout(turn, groupId)
        else if (kind === 'sync') syncTimeout(turn, groupId)
        else sessionTimeout(turn, groupId, memberId)
      })
      if (this.#out.length > before) this.#out.splice(before, 0, `at ${this.now}:`)
    }
    this.now = until
  }

  /** Another coordinator takes over with what is in the log. */
  restart(): void {
    this.#timers.clear()
    this.#held = null
    this.groups = new Groups(this.config)
    this.log.forEach((entry, offset) => {
      if ('endOf' in entry) this.groups.offsets.endTransaction(entry.endOf, entry.isCommit)
      else replay(this.groups, { ...entry, offset }, this.now)
    })
    this.turn(loaded)
  }

  #carryOut({ list }: Effects): void {
    for (const effect of list) {
      if (effect.type === 'reply') this.#out.push(answerText(effect.to as Named, effect.answer))
      else if (effect.type === 'set timer') {
        this.#timers.set(keyOf(effect.timer), { timer: effect.timer, at: this.now + effect.delayMs })
      } else if (effect.type === 'cancel timer') this.#timers.delete(keyOf(effect.timer))
      else if (effect.type === 'write') {
        this.#out.push(...effect.write.records.map((record) => `  log: ${recordText(record)}`))
        if (this.#held === null) this.#settle(effect.write, 0)
        else this.#held.push(effect.write)
      }
    }
  }

  #settle(write: GroupWrite, error: number): void {
    const effects = new Effects()
    const outcome = { now: this.now, effects }
    if (error === 0) {
      const first = this.log.length
      for (const record of write.records) this.log.push({ ...record, producerId: write.producer?.id ?? null })
      write.apply?.(first, outcome)
    } else write.drop?.(outcome)
    write.settle?.(error, outcome)
    this.#carryOut(effects)
  }

  #join(who: string, o: Options): void {
    const version = Number(o.v ?? 9)
    this.turn((turn) =>
      join(turn, {
        asker: asker('join', who),
        groupId: o.group!,
        memberId: o.member ?? '',
        instanceId: o.instance ?? null,
        clientId: who,
        clientHost: '/127.0.0.1',
        sessionTimeoutMs: Number(o.session ?? 10_000),
        rebalanceTimeoutMs: Number(o.rebalance ?? 60_000),
        protocolType: o.type ?? 'consumer',
        protocols: pairs(o.protocols ?? 'range:t').map(([name, topics]) => ({ name, metadata: subscription(topics) })),
        uuid: o.member === undefined ? String(++this.#uuids) : '',
        knowsMemberIdRequired: version >= 4,
        knowsSkippedAssignment: version >= 9,
      }),
    )
  }

  #commit(who: string, o: Options): void {
    const topics = pairs(o.offsets).map(([place, offset]) => {
      const [name, partition] = place.split(/-(?=\d+$)/)
      const value = { partition: +partition!, offset: +offset, leaderEpoch: -1, metadata: o.metadata ?? null }
      return { name: name!, topicId: o.id ?? NO_ID, partitions: [value] }
    })
    const retentionMs = o.retention === undefined ? null : +o.retention
    const producer = o.producer === undefined ? {} : { producer: { id: BigInt(o.producer), epoch: 0 } }
    const member = membership({ gen: '-1', ...o })
    const event = { asker: asker<CommitAnswer>('commit', who), ...member, retentionMs, topics, ...producer }
    this.turn((turn) => commit(turn, event))
  }

  #fetch(o: Options): void {
    const topics = o.topics === undefined ? null : pairs(o.topics)
    const found = fetchOffsets(this.groups, {
      groupId: o.group!,
      topics:
        topics?.map(([name, n]) => ({ name, topicId: o.id ?? NO_ID, partitions: n.split('+').map(Number) })) ?? null,
      requireStable: o.stable === 'yes',
    })
    for (const { name, partitions } of found) {
      for (const p of partitions) {
        const error = p.errorCode === 0 ? '' : ` ${p.errorCode} ${errorName(p.errorCode)}`
        this.#out.push(`${name}-${p.partitionIndex} ${p.committedOffset} ${JSON.stringify(p.metadata)}${error}`)
      }
    }
    if (found.length === 0) this.#out.push('nothing')
  }

  #describe(groupId: string): void {
    const { errorCode, errorMessage, groupState, protocolType, protocolData, members } = describeGroup(
      this.groups,
      groupId,
    )
    if (errorCode !== 0) this.#out.push(`${errorCode} ${errorName(errorCode)} ${groupState}: ${errorMessage}`)
    else this.#out.push(`${groupState} ${protocolType || '-'} ${protocolData || '-'}`)
    for (const member of members) {
      const metadata = member.memberMetadata.length > 0 ? ', metadata' : ''
      const instance = member.groupInstanceId === null ? '' : ` instance ${member.groupInstanceId}`
      const where = `${member.clientId} ${member.clientHost}`
      this.#out.push(`  ${member.memberId}${instance} ${where}, assignment "${member.memberAssignment}"${metadata}`)
    }
  }

  #showTimers(): void {
    const timers = [...this.#timers.values()].sort((a, b) => a.at - b.at)
    this.#out.push(timers.map(({ timer, at }) => `${at} ${keyOf(timer)}`).join('\n') || 'none')
  }
}

function membership(o: Options) {
  return {
    groupId: o.group!,
    generation: Number(o.gen ?? 1),
    memberId: o.member ?? '',
    instanceId: o.instance ?? null,
  }
}

function asker<Answer>(kind: string, name: string): Asker<Answer> {
  return { kind, name } as Asker<Answer>
}

const list = (text: string | undefined): string[] => (text ? text.split(',') : [])
/** `a:1,b:2` */
const pairs = (text: string | undefined): [string, string][] =>
  list(text).map((pair) => pair.split(/:(.*)/s).concat('').slice(0, 2) as [string, string])
const keyOf = ({ kind, groupId, memberId }: TimerId): string => [kind, groupId, memberId].filter(Boolean).join(' ')

function answerText({ kind, name }: Named, answer: unknown): string {
  return `${name} <- ${ANSWERS[kind]!(answer)}`
}

const codeText = (code: number): string => (code === 0 ? 'ok' : `${code} ${errorName(code)}`)
const ANSWERS: Record<string, (answer: unknown) => string> = {
  code: (answer) => codeText(answer as number),
  join: (answer) => {
    const a = answer as JoinAnswer
    if (a.errorCode !== 0) return `${codeText(a.errorCode)} member "${a.memberId}"`
    const members = a.members.map((m) => m.memberId + (m.groupInstanceId === null ? '' : `/${m.groupInstanceId}`))
    const skip = a.skipAssignment ? ' skip assignment' : ''
    const leads = members.length > 0 ? ` members [${members.join(' ')}]` : ''
    return `generation ${a.generationId} ${a.protocolType}/${a.protocolName} leader ${a.leader} member ${a.memberId}${leads}${skip}`
  },
  sync: (answer) => {
    const a = answer as SyncAnswer
    return a.errorCode !== 0
      ? codeText(a.errorCode)
      : `${a.protocolType}/${a.protocolName} assignment "${a.assignment}"`
  },
  leave: (answer) => {
    const a = answer as LeaveAnswer
    const members = a.members.map((m) => `${m.memberId || `(${m.groupInstanceId})`} ${codeText(m.errorCode)}`)
    return [codeText(a.errorCode), ...members].join(', ')
  },
  commit: (answer) => {
    const { topics } = answer as CommitAnswer
    return topics
      .flatMap((t) => t.partitions.map((p) => `${t.name}-${p.partition} ${codeText(p.errorCode)}`))
      .join(', ')
  },
  'delete-offsets': (answer) => {
    const a = answer as DeleteOffsetsAnswer
    const parts = a.topics.flatMap((t) =>
      t.partitions.map((p) => `${t.name}-${p.partitionIndex} ${codeText(p.errorCode)}`),
    )
    return [codeText(a.errorCode), ...parts].join(', ')
  },
}

function recordText({ key, value }: { key: Buffer; value: Buffer | null }): string {
  const record = parseRecord(key, value)
  if (record.type === 'unknown') return `key type ${record.keyType}`
  if (record.type === 'offset') {
    const place = `offset of ${record.groupId || '""'} in ${record.key.topic}-${record.key.partition}`
    if (record.value === null) return `delete ${place}`
    const { offset, metadata, expireTimestampMs } = record.value
    const expires = expireTimestampMs === null ? '' : `, expires ${expireTimestampMs}`
    return `${place}: ${offset}${metadata === '' ? '' : ` "${metadata}"`}${expires}`
  }
  if (record.value === null) return `delete group ${record.groupId}`
  const { protocolType, generation, protocol, leader, members, currentStateTimestamp } = record.value
  const shown = members.map((member) => `${member.memberId}="${member.assignment}"`).join(' ')
  const agreed = members.length > 0 ? ` protocol ${protocol} leader ${leader} [${shown}]` : ' empty'
  return `group ${record.groupId} ${protocolType || '-'} generation ${generation}${agreed} since ${currentStateTimestamp}`
}
