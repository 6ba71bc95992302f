/** Configs that are known, described, checked and stored as in Kafka, and that change nothing yet. */
export interface InactiveConfigs {
  readonly reason: string
  /** Names; one that ends in `*` is every name that begins so. */
  readonly names: readonly string[]
}

export const inactiveBrokerConfigs: readonly InactiveConfigs[] = [
  {
    reason: 'Clients are not authenticated yet: all listeners are PLAINTEXT.',
    names: [
      'sasl.*',
      'principal.builder.class',
      'delegation.token.*',
      'connections.max.reauth.ms',
      'connection.failed.authentication.delay.ms',
      'security.providers',
    ],
  },
  { reason: 'Connections are not encrypted yet.', names: ['ssl.*'] },
  {
    reason: 'Everybody may do everything: there is no authorizer yet.',
    names: ['authorizer.class.name', 'early.start.listeners'],
  },
  {
    reason: 'No Java class can be loaded.',
    names: [
      'alter.config.policy.class.name',
      'create.topic.policy.class.name',
      'client.quota.callback.class',
      'metric.reporters',
      'config.providers',
      'group.share.persister.class.name',
    ],
  },
  {
    reason: 'One thread does the work; there are no pools to be sized, and nothing waits in a queue of requests.',
    names: [
      'background.threads',
      'num.io.threads',
      'num.network.threads',
      'num.recovery.threads.per.data.dir',
      'num.replica.alter.log.dirs.threads',
      'queued.max.requests',
      'group.coordinator.threads',
      'group.coordinator.background.threads',
      'delete.records.purgatory.purge.interval.requests',
      'fetch.purgatory.purge.interval.requests',
      'producer.purgatory.purge.interval.requests',
      'share.fetch.purgatory.purge.interval.requests',
    ],
  },
  {
    reason: 'A leader is followed over one connection, which has one time limit, request.timeout.ms.',
    names: ['replica.socket.*', 'num.replica.fetchers', 'controller.socket.timeout.ms'],
  },
  {
    reason: 'A broker waits for the cluster to take it in for as long as it takes.',
    names: ['initial.broker.registration.timeout.ms'],
  },
  {
    reason: 'The metadata log is written and read by ways of its own.',
    names: [
      'controller.quorum.append.linger.ms',
      'controller.quorum.fetch.max.bytes',
      'controller.quorum.fetch.snapshot.max.bytes',
      'controller.quorum.retry.backoff.ms',
      'controller.performance.*',
      'internal.metadata.max.batch.size.in.bytes',
    ],
  },
  {
    reason: 'Idle time leaves no records in the metadata log.',
    names: ['metadata.max.idle.interval.ms'],
  },
  { reason: 'No metrics are collected yet.', names: ['metrics.*', 'kafka.metrics.*'] },
  {
    reason: 'Groups of the newer protocols (consumer, share, streams) are not served yet.',
    names: [
      'group.consumer.*',
      'group.share.*',
      'group.streams.*',
      'group.coordinator.rebalance.protocols',
      'share.coordinator.*',
    ],
  },
  {
    reason: 'The group coordinator writes each change at once.',
    names: ['group.coordinator.append.linger.ms', 'group.coordinator.cached.buffer.max.bytes'],
  },
  {
    reason: 'Logs are compacted one at a time, in slices between requests.',
    names: ['log.cleaner.threads', 'log.cleaner.io.buffer.size'],
  },
  {
    reason: 'There is no tiered storage.',
    names: ['remote.*', 'log.local.retention.*', 'follower.fetch.last.tiered.offset.enable'],
  },
  {
    reason: 'The system chooses the buffers of sockets.',
    names: ['socket.receive.buffer.bytes', 'socket.send.buffer.bytes'],
  },
  {
    reason: 'A connection to another broker has one time limit, request.timeout.ms.',
    names: ['socket.connection.setup.timeout.ms', 'socket.connection.setup.timeout.max.ms'],
  },
  {
    reason: 'The controller is in the same process, and hears at once of a directory that has failed.',
    names: ['log.dir.failure.timeout.ms'],
  },
  {
    reason: 'There is nothing unstable to be enabled, and a start has no time limit.',
    names: ['unstable.api.versions.enable', 'unstable.feature.versions.enable', 'server.max.startup.time.ms'],
  },
]

export const inactiveTopicConfigs: readonly InactiveConfigs[] = [
  { reason: 'There is no tiered storage.', names: ['local.retention.*', 'remote.*'] },
]

export function isInactive(table: readonly InactiveConfigs[], config: string): boolean {
  return table.some(({ names }) =>
    names.some((name) => (name.endsWith('*') ? config.startsWith(name.slice(0, -1)) : config === name)),
  )
}
