import { alterConfigs } from '../../src/cluster/alter-configs.js'
import { type AlterPartitionRequest, alterPartition } from '../../src/cluster/alter-partition.js'
import { activationRecords, bootstrapRecords } from '../../src/cluster/bootstrap.js'
import {
  beginControlledShutdown,
  fenceBroker,
  registerBroker,
  unfenceBroker,
  unregisterBroker,
} from '../../src/cluster/broker-lifecycle.js'
import { ConfigOperation } from '../../src/cluster/config-operation.js'
import { createPartitions } from '../../src/cluster/create-partitions.js'
import { createTopics } from '../../src/cluster/create-topics.js'
import type { ControllerSettings, Refusal } from '../../src/cluster/decision.js'
import { deleteTopics } from '../../src/cluster/delete-topics.js'
import { electLeaders } from '../../src/cluster/elect-leaders.js'
import type { PartitionImage } from '../../src/cluster/image.js'
import { MetadataImage } from '../../src/cluster/metadata-image.js'
import { reassignPartitions } from '../../src/cluster/reassign-partitions.js'
import type { MetadataRecord } from '../../src/cluster/records.js'
import { ResourceType } from '../../src/cluster/resource-type.js'
import { errorName } from '../../src/protocol/errors.js'
import { seededRandom } from '../support/seeded-random.js'

const FEATURES = new Map([
  ['metadata.version', { min: 7, max: 30 }],
  ['eligible.leader.replicas.version', { min: 0, max: 1 }],
])

/** A cluster of any number of brokers, led by hand: each command is a line, and what it wrote and answered are lines too. */
export class ClusterScript {
  #image = MetadataImage.empty
  #offset = 0
  #incarnations = 0

  readonly #settings: ControllerSettings = {
    random: seededRandom(5),
    numPartitions: 1,
    defaultReplicationFactor: 1,
    isTopicDeletionEnabled: true,
    topicDefaults: new Map(),
    brokerNumber: () => 0,
    minInsyncReplicas: (image, topic) =>
      Number(
        image.configs(ResourceType.TOPIC, topic).get('min.insync.replicas') ??
          image.configs(ResourceType.BROKER, '').get('min.insync.replicas') ??
          1,
      ),
    isUncleanElectionEnabled: (image, topic) =>
      image.configs(ResourceType.TOPIC, topic).get('unclean.leader.election.enable') === 'true',
  }

  constructor() {
    const records = activationRecords(bootstrapRecords(FEATURES), 1)
    this.#commit(records.filter(({ type }) => type !== 'BeginTransaction' && type !== 'EndTransaction'))
  }

  /** `broker 0 rack=a`, `create orders 3x2`, `create orders 0,1/1,2`, … as the methods below read them. */
  run(command: string): string {
    const [verb, ...words] = command.split(' ')
    const names = words.filter((word) => !/^[a-z.]+=/.test(word))
    const options = new Map(
      words.filter((word) => /^[a-z.]+=/.test(word)).map((word) => word.split(/=(.*)/s, 2) as [string, string]),
    )
    return this.#do(verb!, names, options).join('\n')
  }

  #do(verb: string, names: readonly string[], options: ReadonlyMap<string, string>): string[] {
    const id = Number(names[0])
    switch (verb) {
      case 'broker':
        return [...this.#register(id, options), ...this.#commit(unfenceBroker(this.#image, id, this.#settings))]
      case 'register':
        return this.#register(id, options)
      case 'unfence':
        return this.#commit(unfenceBroker(this.#image, id, this.#settings))
      case 'fence':
        return this.#commit(fenceBroker(this.#image, id, this.#settings))
      case 'shutdown':
        return this.#commit(beginControlledShutdown(this.#image, id, this.#settings))
      case 'unregister':
        return this.#decided(unregisterBroker(this.#image, id, this.#settings))
      case 'create':
        return this.#create(names, options)
      case 'delete': {
        const topics = names.map((name) => ({ name, topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }))
        const { records, response } = deleteTopics(this.#image, { topics, topicNames: [] }, this.#settings)
        return [...this.#commit(records), ...response.responses.flatMap((result) => errorLine(result.name, result))]
      }
      case 'grow':
        return this.#grow(names)
      case 'set': {
        const changes = [...options].map(([name, value]) => ({ name, operation: ConfigOperation.SET, value }))
        const resource = { type: ResourceType.TOPIC, name: names[0]! }
        const decided = alterConfigs(this.#image, resource, changes, this.#settings)
        return this.#decided('errorCode' in decided ? decided : decided.records)
      }
      case 'elect':
        return this.#elect(names)
      case 'move':
        return this.#move(names, options)
      case 'isr':
        return this.#isr(names, options)
      case 'show':
        return this.#image.topic(names[0]!)!.partitions.map((partition, index) => `${index}: ${shown(partition)}`)
      default:
        return [`? ${verb}`]
    }
  }

  #register(id: number, options: ReadonlyMap<string, string>): string[] {
    const decided = registerBroker(
      this.#image,
      {
        brokerId: id,
        incarnationId: String(++this.#incarnations).padStart(22, 'A'),
        endpoints: [],
        features: FEATURES,
        rack: options.get('rack') ?? null,
        logDirs: [String(id).padStart(22, 'D')],
        previousBrokerEpoch: Number(options.get('previous') ?? -1),
      },
      this.#offset,
      this.#settings,
    )
    return this.#decided('errorCode' in decided ? decided : decided.records)
  }

  #create(names: readonly string[], configs: ReadonlyMap<string, string>): string[] {
    const [name, layout] = names as [string, string]
    const byHand = layout.includes('x') ? [] : layout.split('/').map(ids)
    const [numPartitions, replicationFactor] = layout.includes('x') ? layout.split('x').map(Number) : [-1, -1]
    const assignments = byHand.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds }))
    const topic = {
      name,
      numPartitions: numPartitions!,
      replicationFactor: replicationFactor!,
      assignments,
      configs: [...configs].map(([config, value]) => ({ name: config, value })),
    }
    const request = { topics: [topic], validateOnly: false }
    const { records, response } = createTopics(this.#image, request, this.#settings, () => [])
    return [...this.#commit(records), ...response.topics.flatMap((result) => errorLine(null, result))]
  }

  #grow([name, count, layout]: readonly string[]): string[] {
    const assignments = layout === undefined ? null : layout.split('/').map((brokers) => ({ brokerIds: ids(brokers) }))
    const topics = [{ name: name!, count: Number(count), assignments }]
    const { records, response } = createPartitions(this.#image, { topics, validateOnly: false }, this.#settings)
    return [...this.#commit(records), ...response.results.flatMap((result) => errorLine(null, result))]
  }

  #elect([type, topic, partition]: readonly string[]): string[] {
    const topicPartitions = topic === undefined ? null : [{ topic, partitions: [Number(partition)] }]
    const decided = electLeaders(
      this.#image,
      { electionType: type === 'preferred' ? 0 : 1, topicPartitions },
      this.#settings,
    )
    if ('errorCode' in decided) return errorLine(null, decided)
    const errors = decided.response.flatMap(({ topic: name, partitionResult }) =>
      partitionResult.flatMap((result) => errorLine(`${name}-${result.partitionId}`, result)),
    )
    return [...this.#commit(decided.records), ...errors]
  }

  #move([name, partition, replicas]: readonly string[], options: ReadonlyMap<string, string>): string[] {
    const { records, response } = reassignPartitions(
      this.#image,
      {
        timeoutMs: 1,
        allowReplicationFactorChange: options.get('factor') !== 'keep',
        topics: [
          {
            name: name!,
            partitions: [
              { partitionIndex: Number(partition), replicas: replicas === 'back' ? null : ids(replicas ?? '') },
            ],
          },
        ],
      },
      this.#settings,
    )
    const results = response.responses.flatMap(({ partitions }) => partitions)
    return [...this.#commit(records), ...results.flatMap((result) => errorLine(null, result))]
  }

  /** `isr orders 0 0,1`: the leader proposes; epochs are the current ones unless given. */
  #isr([name, index, isr]: readonly string[], options: ReadonlyMap<string, string>): string[] {
    const topic = this.#image.topic(name!)!
    const partition = topic.partitions[Number(index)]!
    const sender = Number(options.get('from') ?? partition.leader)
    const request: AlterPartitionRequest = {
      brokerId: sender,
      brokerEpoch: Number(options.get('sender.epoch') ?? this.#image.brokers.get(sender)!.epoch),
      topics: [
        {
          topicId: topic.id,
          partitions: [
            {
              partitionIndex: Number(index),
              leaderEpoch: Number(options.get('leader.epoch') ?? partition.leaderEpoch),
              newIsr: [],
              newIsrWithEpochs: ids(isr ?? '').map((brokerId) => ({
                brokerId,
                brokerEpoch: Number(options.get('broker.epoch') ?? this.#image.brokers.get(brokerId)?.epoch ?? -1),
              })),
              leaderRecoveryState: Number(options.get('state') ?? 0),
              partitionEpoch: Number(options.get('partition.epoch') ?? partition.partitionEpoch),
            },
          ],
        },
      ],
    }
    const { records, response } = alterPartition(this.#image, request, this.#settings)
    const results = response.topics.flatMap(({ partitions }) => partitions)
    return [...this.#commit(records), ...[response, ...results].flatMap((result) => errorLine(null, result))]
  }

  #decided(decided: readonly MetadataRecord[] | Refusal): string[] {
    return 'errorCode' in decided ? errorLine(null, decided) : this.#commit(decided)
  }

  #commit(records: readonly MetadataRecord[]): string[] {
    this.#offset += records.length
    const names = new Map([...this.#image.topics()].map(({ name, id }) => [id, name]))
    for (const record of records) if (record.type === 'Topic') names.set(record.topicId, record.name)
    this.#image = this.#image.apply(records, { offset: this.#offset - 1, epoch: 1 })
    return records.map((record) => written(record, names))
  }
}

function ids(text: string): number[] {
  return text === '' || text === '-' ? [] : text.split(',').map(Number)
}

function errorLine(
  about: string | null | undefined,
  { errorCode, errorMessage }: { readonly errorCode: number; readonly errorMessage?: string | null | undefined },
): string[] {
  if (errorCode === 0) return []
  return [`! ${about ? `${about} ` : ''}${errorName(errorCode)}${errorMessage ? `: ${errorMessage}` : ''}`]
}

function shown(partition: PartitionImage): string {
  const { replicas, isr, leader, leaderEpoch, partitionEpoch, elr, lastKnownElr } = partition
  const lists: [string, readonly number[]][] = [
    ['adding', partition.addingReplicas],
    ['removing', partition.removingReplicas],
    ['elr', elr],
    ['last', lastKnownElr],
  ]
  const extra = lists.filter(([, list]) => list.length > 0).map(([name, list]) => ` ${name} ${list.join(',')}`)
  const recovering = partition.leaderRecoveryState === 0 ? '' : ' recovering'
  const epochs = `epochs ${leaderEpoch}/${partitionEpoch}`
  return `leader ${leader} replicas ${replicas.join(',')} isr ${isr.join(',') || '-'}${extra.join('')} ${epochs}${recovering}`
}

/** A record in one line, without what stays the same in all of them. */
function written(record: MetadataRecord, names: ReadonlyMap<string, string>): string {
  const skipped = ['type', 'topicId', 'incarnationId', 'endPoints', 'features', 'logDirs', 'directories']
  const fields = Object.entries(record).filter(([name, value]) => !skipped.includes(name) && value !== undefined)
  const topic = 'topicId' in record && record.type !== 'Topic' ? ` ${names.get(record.topicId)}` : ''
  const isListed = ([, value]: [string, unknown]): boolean =>
    !(record.type === 'Partition' && Array.isArray(value) && value.length === 0)
  const listed = fields
    .filter(isListed)
    .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(',') || '-' : value}`)
  return `+ ${record.type}${topic} ${listed.join(' ')}`.trimEnd()
}
