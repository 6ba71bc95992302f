import { ZERO_UUID } from '../../src/bytes/uuid.js'
import { ErrorCode } from '../../src/protocol/errors.js'
import { CreateTopics } from '../../src/protocol/messages/create-topics.js'
import { DeleteTopics } from '../../src/protocol/messages/delete-topics.js'
import { DescribeConfigs } from '../../src/protocol/messages/describe-configs.js'
import { IncrementalAlterConfigs } from '../../src/protocol/messages/incremental-alter-configs.js'
import { Metadata } from '../../src/protocol/messages/metadata.js'
import { type Client, passes } from './client.js'
import { hold } from './ledger.js'

export interface Place {
  readonly topic: string
  readonly partition: number
}

const TOPIC_RESOURCE = 2
const SET = 0
const CONFIG = 'retention.ms'
const THERE = 'there'
const GONE = 'gone'

/** Where nobody relies on anything: its leader may be one that was not in sync. */
export const RISKY = 'risky'
/** Where there is one replica. */
export const LONE = 'lone'

/** Whether a partition may lose what was acknowledged; or has one replica, which comes back as it was. */
export function isExpendable(partition: string): boolean {
  return partition.startsWith(`${RISKY}-`) || partition.startsWith(`${LONE}-`)
}

/** Makes a topic, and returns when it is there. */
export async function createTopic(
  client: Client,
  name: string,
  numPartitions: number,
  replicationFactor = client.replicationFactor,
  configs: readonly { readonly name: string; readonly value: string }[] = [],
): Promise<void> {
  const topics = [{ name, numPartitions, replicationFactor, assignments: [], configs: [...configs] }]
  await insist(client, name, THERE, ErrorCode.TOPIC_ALREADY_EXISTS, async () => {
    const answer = await client.attempt(CreateTopics, 7, { topics })
    return answer?.topics[0]?.errorCode ?? null
  })
}

/** Makes topics, sets what may be set, deletes some again. */
export async function administer(client: Client, steps: number): Promise<void> {
  const names: string[] = []
  for (let step = 0; step < steps; step++) {
    await client.pause(500)
    const kind = names.length === 0 ? 0 : client.random.int(4)
    if (kind === 0) {
      const name = `${client.name}.${step}`
      await createTopic(client, name, 1 + client.random.int(3))
      names.push(name)
    } else if (kind < 3) await configure(client, client.oneOf(names), String(3_600_000 + step))
    else await deleteTopic(client, names.splice(client.random.int(names.length), 1)[0]!)
  }
}

async function configure(client: Client, topic: string, value: string): Promise<void> {
  const configs = [{ name: CONFIG, configOperation: SET, value }]
  const resources = [{ resourceType: TOPIC_RESOURCE, resourceName: topic, configs }]
  const set = client.world.ledger.register(`config of ${topic}`).write(value)
  const answer = await client.attempt(IncrementalAlterConfigs, 1, { resources, validateOnly: false })
  const errorCode = answer?.responses[0]?.errorCode
  client.tell(() => `${CONFIG}=${value} of ${topic} -> ${errorCode}`)
  if (errorCode === ErrorCode.NONE) set.done()
  else if (errorCode !== undefined && !passes(errorCode)) client.protest(`configuring ${topic}`, errorCode)
}

async function deleteTopic(client: Client, name: string): Promise<void> {
  const request = { topics: [{ name, topicId: ZERO_UUID }], timeoutMs: 1000 }
  await insist(client, name, GONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, async () => {
    const answer = await client.attempt(DeleteTopics, 6, request)
    return answer?.responses[0]?.errorCode ?? null
  })
}

/** Tries until it is done, now or by an earlier try; one that got no answer may still be carried out, at any time. */
async function insist(
  client: Client,
  topic: string,
  outcome: string,
  alreadyDone: ErrorCode,
  attempt: () => Promise<ErrorCode | null>,
): Promise<void> {
  for (;;) {
    const write = client.world.ledger.register(`topic ${topic}`).write(outcome)
    const error = await attempt()
    client.tell(() => `${topic} is to be ${outcome} -> ${error}`)
    if (error === ErrorCode.NONE || error === alreadyDone) {
      write.done()
      return
    }
    // With too few brokers in service.
    const passesInCluster = client.isInCluster && error === ErrorCode.INVALID_REPLICATION_FACTOR
    if (error !== null && !passes(error) && !passesInCluster) client.protest(`that ${topic} be ${outcome}`, error)
    await client.pause(100)
  }
}

/** What was made, set and deleted by what clients were told must be so. */
export async function checkTopics(client: Client): Promise<void> {
  const { topics } = await client.ask(Metadata, 12, { topics: null }, () => [])
  const there = new Set(topics.map(({ name }) => name))
  for (const [name, register] of client.world.ledger.registers) {
    const [, kind, topic] = /^(topic|config of) (.*)$/.exec(name) ?? []
    if (topic === undefined) continue
    const { possible } = register
    const isThere = there.has(topic)
    if (kind === 'topic')
      hold(
        possible.has(isThere ? THERE : GONE) || (!isThere && possible.has(null)),
        () => `${topic} ${isThere ? 'is there' : 'is gone'}, which it must not be`,
      )
    else if (isThere) {
      const value = await configOf(client, topic)
      // A request to make it, late and long forgotten, may have made it anew.
      const isNew = value === null && client.world.ledger.register(`topic ${topic}`).possible.has(GONE)
      hold(
        isNew || possible.has(value),
        () => `${CONFIG} of ${topic} is ${value}, not one of ${[...possible].join(' ')}`,
      )
    }
  }
}

async function configOf(client: Client, topic: string): Promise<string | null> {
  const resources = [{ resourceType: TOPIC_RESOURCE, resourceName: topic, configurationKeys: [CONFIG] }]
  const { results } = await client.ask(DescribeConfigs, 4, { resources }, (answer) =>
    answer.results.map(({ errorCode }) => errorCode),
  )
  const TOPIC_CONFIG = 1
  const config = results[0]!.configs[0]!
  return config.configSource === TOPIC_CONFIG ? config.value : null
}
