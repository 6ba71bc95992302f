import type { Tool } from './tool.js'

/** Every tool of Kafka that klog has, by the name typed after `klog`; loaded when it is called for. */
export const tools: Readonly<Record<string, () => Promise<Tool>>> = {
  'broker-api-versions': async () => (await import('./broker-api-versions/tool.js')).brokerApiVersionsTool,
  cluster: async () => (await import('./cluster/tool.js')).clusterTool,
  configs: async () => (await import('./configs/tool.js')).configsTool,
  'console-consumer': async () => (await import('./console-consumer/tool.js')).consoleConsumerTool,
  'console-producer': async () => (await import('./console-producer/tool.js')).consoleProducerTool,
  'consumer-groups': async () => (await import('./consumer-groups/tool.js')).consumerGroupsTool,
  'consumer-perf-test': async () => (await import('./consumer-perf-test/tool.js')).consumerPerfTestTool,
  'delete-records': async () => (await import('./delete-records/tool.js')).deleteRecordsTool,
  'dump-log': async () => (await import('./dump-log/tool.js')).dumpLogTool,
  'e2e-latency': async () => (await import('./e2e-latency/tool.js')).e2eLatencyTool,
  features: async () => (await import('./features/tool.js')).featuresTool,
  'get-offsets': async () => (await import('./get-offsets/tool.js')).getOffsetsTool,
  groups: async () => (await import('./groups/tool.js')).groupsTool,
  'leader-election': async () => (await import('./leader-election/tool.js')).leaderElectionTool,
  'log-dirs': async () => (await import('./log-dirs/tool.js')).logDirsTool,
  'metadata-quorum': async () => (await import('./metadata-quorum/tool.js')).metadataQuorumTool,
  'producer-perf-test': async () => (await import('./producer-perf-test/tool.js')).producerPerfTestTool,
  'reassign-partitions': async () => (await import('./reassign-partitions/tool.js')).reassignPartitionsTool,
  storage: async () => (await import('./storage/tool.js')).storageTool,
  topics: async () => (await import('./topics/tool.js')).topicsTool,
  transactions: async () => (await import('./transactions/tool.js')).transactionsTool,
  'verifiable-consumer': async () => (await import('./verifiable-consumer/tool.js')).verifiableConsumerTool,
  'verifiable-producer': async () => (await import('./verifiable-producer/tool.js')).verifiableProducerTool,
}
