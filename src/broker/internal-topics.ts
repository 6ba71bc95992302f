import type { CreateTopicsRequest } from '../cluster/create-topics.js'
import type { BrokerConfig } from './broker-config.js'

/** Topics that Kafka keeps for itself, and makes when they are first needed. */
export type InternalTopic = '__consumer_offsets' | '__transaction_state'

/** How such a topic is made: by settings of its own, which differ from those of other topics. */
export function internalTopic(name: InternalTopic, config: BrokerConfig): CreateTopicsRequest['topics'][number] {
  switch (name) {
    case '__consumer_offsets':
      return {
        name,
        numPartitions: config.int('offsets.topic.num.partitions'),
        replicationFactor: config.int('offsets.topic.replication.factor'),
        assignments: [],
        configs: [
          { name: 'compression.type', value: 'producer' },
          { name: 'cleanup.policy', value: 'compact' },
          { name: 'segment.bytes', value: config.shownText('offsets.topic.segment.bytes') },
        ],
      }
    case '__transaction_state':
      return {
        name,
        numPartitions: config.int('transaction.state.log.num.partitions'),
        replicationFactor: config.int('transaction.state.log.replication.factor'),
        assignments: [],
        configs: [
          { name: 'compression.type', value: 'uncompressed' },
          { name: 'cleanup.policy', value: 'compact' },
          { name: 'min.insync.replicas', value: config.shownText('transaction.state.log.min.isr') },
          { name: 'segment.bytes', value: config.shownText('transaction.state.log.segment.bytes') },
          { name: 'unclean.leader.election.enable', value: 'false' },
        ],
      }
  }
}
