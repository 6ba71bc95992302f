import { UserError } from '../../base/user-error.js'
import type { ClusterClient } from '../../client/cluster-client.js'
import { describeGroups } from '../../client/group-descriptions.js'
import { KafkaError } from '../../client/kafka-error.js'
import { EARLIEST, LATEST, listOffsets } from '../../client/log-offsets.js'
import { describeTopics } from '../../client/topic-descriptions.js'
import { ErrorCode } from '../../protocol/errors.js'
import { sample } from '../lag/sample.js'
import type { WaitOptions } from './tool.js'

export interface Finding {
  readonly isMet: boolean
  /** What is there, in words. */
  readonly finding: string
  /** What is not there at all, where that is the trouble. */
  readonly missing?: 'topic' | 'group'
}

export interface Condition {
  readonly text: string
  /** Of the topic or the group. */
  readonly name: string
  /** @throws KafkaError or ClientError when it is no use to look again. */
  look(client: ClusterClient): Promise<Finding>
}

/** What the words of a command line ask to wait for. @throws UserError */
export function condition(options: WaitOptions): Condition {
  const [kind, name, ...others] = options.words
  if (kind !== undefined && name !== undefined && others.length === 0) {
    if (kind === 'topic') return options.has('gone') ? topicGone(name) : topicThere(name, options)
    if (kind === 'group') return options.has('gone') ? groupGone(name) : groupThere(name, options)
    if (kind === 'lag') return lagGone(name, options)
  }
  throw new UserError('what to wait for?', 'klog wait topic NAME, klog wait group ID, or klog wait lag GROUP')
}

function topicThere(name: string, options: WaitOptions): Condition {
  const partitionsMin = options.int('partitions') ?? 1
  const recordsMin = options.long('records') ?? 0
  const records = recordsMin > 0 ? ` and ${recordsMin} records` : ''
  return {
    name,
    text: `topic ${name} with ${partitionsMin} partitions${records}`,
    look: async (client) => {
      const topic = await describedTopic(client, name)
      if (topic === null) return { isMet: false, finding: `there is no topic ${name}`, missing: 'topic' }
      const led = topic.partitions.filter(({ leader }) => leader !== null)
      const isLed = led.length === topic.partitions.length && led.length >= partitionsMin
      const finding = `topic ${name} has ${topic.partitions.length} partitions, ${led.length} of them with a leader`
      if (!isLed || recordsMin === 0) return { isMet: isLed, finding }
      const count = await recordCount(
        client,
        name,
        topic.partitions.map(({ index }) => index),
      )
      return { isMet: count >= recordsMin, finding: `${finding}, and ${count} records` }
    },
  }
}

function topicGone(name: string): Condition {
  return {
    name,
    text: `no topic ${name}`,
    look: async (client) => {
      const isGone = (await describedTopic(client, name)) === null
      return { isMet: isGone, finding: isGone ? `there is no topic ${name}` : `topic ${name} is there` }
    },
  }
}

function groupThere(id: string, options: WaitOptions): Condition {
  const membersMin = options.int('members') ?? 0
  const state = options.text('state') ?? (options.has('members') ? null : 'Stable')
  const wanted = [...(state === null ? [] : [`state ${state}`]), ...(membersMin > 0 ? [`${membersMin} members`] : [])]
  return {
    name: id,
    text: `group ${id} with ${wanted.join(' and ')}`,
    look: async (client) => {
      const group = await describedGroup(client, id)
      if (group === null) return { isMet: false, finding: `there is no group ${id}`, missing: 'group' }
      const isState = state === null || group.state.toLowerCase() === state.toLowerCase()
      return {
        isMet: isState && group.members.length >= membersMin,
        finding: `group ${id} is ${group.state} with ${group.members.length} members`,
      }
    },
  }
}

function groupGone(id: string): Condition {
  return {
    name: id,
    text: `no group ${id}`,
    look: async (client) => {
      const isGone = (await describedGroup(client, id)) === null
      return { isMet: isGone, finding: isGone ? `there is no group ${id}` : `group ${id} is there` }
    },
  }
}

/** A partition for which nothing is committed has all its records before it, and so is not read. */
function lagGone(id: string, options: WaitOptions): Condition {
  const lagMax = options.long('max') ?? 0
  const topic = options.text('topic')
  const of = topic === undefined ? '' : ` of topic ${topic}`
  return {
    name: id,
    text: `group ${id} no more than ${lagMax} records behind${of}`,
    look: async (client) => {
      if ((await describedGroup(client, id)) === null)
        return { isMet: false, finding: `there is no group ${id}`, missing: 'group' }
      const rows = await sample(client, [id], (name) => topic === undefined || name === topic)
      if (rows.length === 0) return { isMet: false, finding: `group ${id} has committed nothing${of}` }
      const unknown = rows.filter(({ lag }) => lag === null).length
      const lag = rows.reduce((sum, row) => sum + Math.max(0, row.lag ?? 0), 0)
      const rest = unknown === 0 ? '' : `, and has committed nothing for ${unknown} partitions`
      return { isMet: unknown === 0 && lag <= lagMax, finding: `group ${id} is ${lag} records behind${of}${rest}` }
    },
  }
}

async function describedTopic(client: ClusterClient, name: string) {
  const topic = (await describeTopics(client, [name])).get(name)
  if (!(topic instanceof KafkaError)) return topic ?? null
  if (topic.code === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) return null
  throw topic
}

async function describedGroup(client: ClusterClient, id: string) {
  const group = (await describeGroups(client, [id])).get(id)
  if (group instanceof KafkaError && group.code === ErrorCode.GROUP_ID_NOT_FOUND) return null
  if (group instanceof Error) throw group
  return group === undefined || group.state === 'Dead' ? null : group
}

async function recordCount(client: ClusterClient, topic: string, partitions: readonly number[]): Promise<number> {
  const ask = async (timestamp: number): Promise<number> => {
    const answers = await listOffsets(
      client,
      partitions.map((partition) => ({ topic, partition, timestamp })),
    )
    return [...answers.values()].reduce((sum, { offset }) => sum + (offset ?? 0), 0)
  }
  return (await ask(LATEST)) - (await ask(EARLIEST))
}
