import type { Random } from '../base/random.js'
import type { ControllerSettings } from '../cluster/decision.js'
import type { MetadataImage } from '../cluster/metadata-image.js'
import { ResourceType } from '../cluster/resource-type.js'
import type { BrokerConfig } from './broker-config.js'
import { brokerTopicDefaults, topicConfigValue } from './topic-config.js'

/** The settings of a broker as decisions about the metadata go by them, always as they are at the moment. */
export function controllerSettings(config: BrokerConfig, random: Random): ControllerSettings {
  const ofTopic = (image: MetadataImage, topic: string, name: string): unknown =>
    topicConfigValue(image.configs(ResourceType.TOPIC, topic), config, name)
  return {
    random,
    get numPartitions() {
      return config.int('num.partitions')
    },
    get defaultReplicationFactor() {
      return config.int('default.replication.factor')
    },
    get isTopicDeletionEnabled() {
      return config.boolean('delete.topic.enable')
    },
    get topicDefaults() {
      return brokerTopicDefaults(config)
    },
    brokerNumber: (name) => config.int(name),
    minInsyncReplicas: (image, topic) => Number(ofTopic(image, topic, 'min.insync.replicas')),
    isUncleanElectionEnabled: (image, topic) => ofTopic(image, topic, 'unclean.leader.election.enable') === true,
  }
}
