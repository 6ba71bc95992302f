import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CommittedOffset } from '../../src/group/committed-offsets.js'
import type { Group } from '../../src/group/group.js'
import { Groups } from '../../src/group/groups.js'
import { groupRecord, groupTombstone, offsetRecord, offsetTombstone, parseRecord } from '../../src/group/records.js'
import { replay } from '../../src/group/replay.js'
import { batchesIn, type LogRecord } from '../../src/records/batch.js'
import { readControlRecord } from '../../src/records/control.js'

const golden = join(import.meta.dirname, '../golden/groups')
const LOGS = ['mixed-0', 'mixed-1', 'classic-0', 'classic-1']
/** Of kinds of groups that come later; the dump gives their keys numbers from 3 on. */
const CLASSIC_KEYS = ['1', '2']

describe('a coordinator that takes over from Apache Kafka', () => {
  test.each(LOGS)('knows the groups that %s tells of', (name) => {
    const groups = replayed(name)
    const shown = Object.fromEntries([...groups].map((group) => [group.id, asDumped(group)]))
    expect(shown).toEqual(dumped(name).groups)
  })

  test.each(LOGS)('knows the offsets that %s tells of', (name) => {
    const groups = replayed(name)
    const shown: Record<string, unknown> = {}
    for (const groupId of groups.offsets.groupIds()) {
      for (const [topic, partitions] of groups.offsets.ofGroup(groupId)) {
        for (const [partition, offset] of partitions) shown[`${groupId} ${topic}-${partition}`] = offsetAsDumped(offset)
      }
    }
    expect(shown).toEqual(dumped(name).offsets)
  })

  test.each(LOGS)('passes over the records of other kinds of groups in %s', (name) => {
    const groups = new Groups(CONFIG)
    const types = recordsOf(name).map(({ record }) =>
      replay(groups, { ...record, key: record.key!, producerId: null }, 0),
    )
    const inDump = dumpedRecords(name).map(({ key }) => (CLASSIC_KEYS.includes(key.type) ? null : Number(key.type)))
    expect(types).toEqual(inDump)
  })
})

describe('what a coordinator writes', () => {
  test.each(LOGS)('has the bytes that Apache Kafka wrote in %s', (name) => {
    const written: unknown[] = []
    for (const { record } of recordsOf(name)) {
      const { key, value } = rewritten(record) ?? record
      written.push({ key: key!.toString('hex'), value: value?.toString('hex') })
    }
    const recorded = recordsOf(name).map(({ record }) => ({
      key: record.key!.toString('hex'),
      value: record.value?.toString('hex'),
    }))
    expect(written).toEqual(recorded)
  })

  test('follows the description of the formats', () => {
    const offset = { offset: 5, leaderEpoch: -1, metadata: '', commitTimestampMs: 1_700_000_000_000 }
    const stored = { ...offset, expireTimestampMs: null, topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }
    const record = offsetRecord('g', { topic: 't', partition: 0 }, stored)
    expect(record.key.toString('hex')).toBe('000100016700017400000000')
    expect(record.value!.toString('hex')).toBe('00040000000000000005ffffffff010000018bcfe5680000')
    expect(offsetTombstone('g', { topic: 't', partition: 0 }).key).toEqual(record.key)
    expect(groupTombstone('g').key.toString('hex')).toBe('0002000167')
  })
})

const CONFIG = {
  sessionTimeoutMsMin: 6000,
  sessionTimeoutMsMax: 1_800_000,
  membersMax: 100,
  initialRebalanceDelayMs: 3000,
  offsetMetadataMax: 4096,
  offsetsRetentionMs: 7 * 86_400_000,
}

/** The same record, made by us from what it says; null for the kinds that we do not write. */
function rewritten(record: LogRecord): { key: Buffer; value: Buffer | null } | null {
  const parsed = parseRecord(record.key!, record.value)
  if (parsed.type === 'unknown') return null
  if (parsed.type === 'offset') {
    return parsed.value === null
      ? offsetTombstone(parsed.groupId, parsed.key)
      : offsetRecord(parsed.groupId, parsed.key, parsed.value)
  }
  if (parsed.value === null) return groupTombstone(parsed.groupId)
  const groups = new Groups(CONFIG)
  replay(groups, { key: record.key!, value: record.value, offset: 0, producerId: null }, 0)
  return groupRecord(groups.find(parsed.groupId)!)
}

function replayed(name: string): Groups {
  const groups = new Groups(CONFIG)
  for (const batch of batchesIn(readFileSync(join(golden, `${name}.log`)))) {
    for (const record of batch.records()) {
      if (batch.isControl) {
        groups.offsets.endTransaction(batch.producerId, readControlRecord(record).type === 'COMMIT')
      } else {
        replay(groups, { ...record, key: record.key!, producerId: batch.isTransactional ? batch.producerId : null }, 0)
      }
    }
  }
  return groups
}

function recordsOf(name: string): { record: LogRecord }[] {
  const batches = [...batchesIn(readFileSync(join(golden, `${name}.log`)))].filter((batch) => !batch.isControl)
  return batches.flatMap((batch) => [...batch.records()].map((record) => ({ record })))
}

interface DumpedRecord {
  readonly key: { readonly type: string; readonly data: Record<string, unknown> }
  readonly payload: { readonly version: string; readonly data: Record<string, unknown> } | null
}

function dumpedRecords(name: string): DumpedRecord[] {
  const lines = readFileSync(join(golden, `${name}.txt`), 'utf8').split('\n')
  return lines.flatMap((line) => {
    const match = /^\| .* key: (\{.*\}) payload: (.*)$/.exec(line)
    if (match === null) return []
    return [{ key: JSON.parse(match[1]!), payload: match[2] === '<DELETE>' ? null : JSON.parse(match[2]!) }]
  })
}

/** The last word on each group and offset. All transactions in these logs were committed. */
function dumped(name: string): { groups: Record<string, unknown>; offsets: Record<string, unknown> } {
  const groups: Record<string, unknown> = {}
  const offsets: Record<string, unknown> = {}
  for (const { key, payload } of dumpedRecords(name)) {
    const { group, topic, partition } = key.data
    if (key.type === '2' && payload !== null) groups[group as string] = payload.data
    else if (key.type === '2') delete groups[group as string]
    else if (key.type !== '1') continue
    else if (payload === null) delete offsets[`${group} ${topic}-${partition}`]
    else {
      const { offset, metadata, commitTimestamp, expireTimestamp = -1, leaderEpoch = -1, topicId } = payload.data
      // Whoever only commits has a group without a record of its own.
      groups[group as string] ??= null
      const id = topicId ?? 'AAAAAAAAAAAAAAAAAAAAAA'
      offsets[`${group} ${topic}-${partition}`] = {
        offset,
        metadata,
        commitTimestamp,
        expireTimestamp,
        leaderEpoch,
        id,
      }
    }
  }
  return { groups, offsets }
}

function offsetAsDumped(committed: CommittedOffset): unknown {
  const { offset, metadata, commitTimestampMs, expireTimestampMs, leaderEpoch, topicId } = committed
  const expireTimestamp = expireTimestampMs ?? -1
  return { offset, metadata, commitTimestamp: commitTimestampMs, expireTimestamp, leaderEpoch, id: topicId }
}

/** Subscription and assignment are compared as bytes, by what is written again. Null for a group that never had members. */
function asDumped(group: Group): unknown {
  if (!group.isRecorded) return null
  return {
    protocolType: group.protocolType ?? '',
    generation: group.generation,
    protocol: group.protocolName,
    leader: group.leaderId,
    currentStateTimestamp: group.stateSinceMs,
    members: [...group.members].map((member) =>
      expect.objectContaining({
        memberId: member.id,
        groupInstanceId: member.instanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        rebalanceTimeout: member.rebalanceTimeoutMs,
        sessionTimeout: member.sessionTimeoutMs,
      }),
    ),
  }
}
