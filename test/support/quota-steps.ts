import { buildBatch } from '../../src/records/builder.js'

export interface AskedStep {
  readonly api: string
  readonly version: number
  readonly request: unknown
  /** `recorded` if left out. */
  readonly clientId?: string
  /** Nothing was counted before: then the time to be quiet is known exactly. */
  readonly isFresh?: boolean
}

type Part = readonly [type: string, name: string | null]
type Op = readonly [key: string, value: number | null]

const ask = (api: string, version: number, request: unknown, clientId?: string): AskedStep => ({
  api,
  version,
  request,
  ...(clientId !== undefined && { clientId }),
})

function entry(parts: readonly Part[], ops: readonly Op[]) {
  return {
    entity: parts.map(([entityType, entityName]) => ({ entityType, entityName })),
    ops: ops.map(([key, value]) => ({ key, value: value ?? 0, remove: value === null })),
  }
}

const alter = (entries: ReturnType<typeof entry>[], validateOnly = false): AskedStep =>
  ask('AlterClientQuotas', 1, { entries, validateOnly })

const set = (parts: readonly Part[], ...ops: Op[]): AskedStep => alter([entry(parts, ops)])

function describeQuotas(components: readonly [string, number, string | null][], strict = false): AskedStep {
  const asked = components.map(([entityType, matchType, match]) => ({ entityType, matchType, match }))
  return ask('DescribeClientQuotas', 1, { components: asked, strict })
}

const describeScram = (...users: string[]): AskedStep =>
  ask('DescribeUserScramCredentials', 0, { users: users.map((name) => ({ name })) })

const upsertion = (name: string, mechanism: number, iterations: number) => ({
  ...{ name, mechanism, iterations },
  salt: 'hex:0102030405',
  saltedPassword: `hex:${'ab'.repeat(32)}`,
})

const deletion = (name: string, mechanism: number) => ({ name, mechanism })

const alterScram = (deletions: ReturnType<typeof deletion>[], upsertions: ReturnType<typeof upsertion>[]): AskedStep =>
  ask('AlterUserScramCredentials', 0, { deletions, upsertions })

const newTopic = (name: string, numPartitions: number) => ({
  ...{ name, numPartitions, replicationFactor: 1 },
  assignments: [],
  configs: [{ name: 'cleanup.policy', value: 'delete' }],
})

const createTopics = (version: number, clientId: string, ...topics: ReturnType<typeof newTopic>[]): AskedStep =>
  ask('CreateTopics', version, { topics, timeoutMs: 10000, validateOnly: false }, clientId)

function produce(bytes: number, clientId: string): AskedStep {
  const value = Buffer.alloc(bytes, 'x')
  const batch = buildBatch({ records: [{ timestamp: 1_700_000_000_000, key: null, value }] })
  const partitionData = [{ index: 0, records: `hex:${batch.toString('hex')}` }]
  const topicData = [{ name: 'metered', partitionData }]
  return ask('Produce', 9, { transactionalId: null, acks: 1, timeoutMs: 5000, topicData }, clientId)
}

function fetch(clientId: string): AskedStep {
  const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000_000 }]
  const topics = [{ topic: 'metered', partitions }]
  const request = { maxWaitMs: 100, minBytes: 1, maxBytes: 1_000_000, isolationLevel: 0, topics }
  return ask('Fetch', 12, { ...request, sessionId: 0, sessionEpoch: -1 }, clientId)
}

/** In this order, on a broker that nobody has used. */
export const quotaSteps: readonly AskedStep[] = [
  describeQuotas([]),
  describeScram(),
  // Refusals change nothing.
  set([]),
  set([['group', 'g']], ['producer_byte_rate', 1]),
  set([['user', '']], ['producer_byte_rate', 1]),
  set([['client-id', '']], ['producer_byte_rate', 1]),
  set([['user', 'u']], ['unknown_key', 1]),
  set([['user', 'u']], ['SCRAM-SHA-256', 1]),
  set([['user', 'u']], ['connection_creation_rate', 1]),
  set([['ip', '127.0.0.1']], ['producer_byte_rate', 1]),
  set([['ip', 'no host']], ['connection_creation_rate', 1]),
  set(
    [
      ['ip', '127.0.0.1'],
      ['user', 'u'],
    ],
    ['connection_creation_rate', 1],
  ),
  set([['ip', '127.0.0.1']], ['connection_creation_rate', 2 ** 31]),
  set([['ip', '127.0.0.1']], ['connection_creation_rate', 1.5]),
  set([['user', 'u']], ['producer_byte_rate', 0]),
  set([['user', 'u']], ['producer_byte_rate', -1]),
  set([['user', 'u']], ['producer_byte_rate', 1.5]),
  set([['user', 'u']], ['producer_byte_rate', 1e30]),
  set([['user', 'u']], ['request_percentage', 0]),
  set([['user', 'u']], ['producer_byte_rate', 1], ['producer_byte_rate', 2]),
  alter(
    [entry([['user', 'u']], [['producer_byte_rate', 1]]), entry([['user', 'u']], [['consumer_byte_rate', 1]])],
    true,
  ),
  set(
    [
      ['user', 'u'],
      ['user', 'v'],
    ],
    ['unknown_key', 1],
  ),
  describeQuotas([]),
  // Tried out only, and removed where there is nothing.
  alter([entry([['user', 'u']], [['producer_byte_rate', 1]])], true),
  set([['user', 'u']], ['producer_byte_rate', null]),
  describeQuotas([]),
  // Several at once; one is refused, and the others hold.
  alter([
    entry(
      [['user', 'u']],
      [
        ['producer_byte_rate', 1024],
        ['request_percentage', 12.5],
      ],
    ),
    entry([['user', null]], [['consumer_byte_rate', 5000000]]),
    entry(
      [
        ['user', 'u'],
        ['client-id', 'c'],
      ],
      [['controller_mutation_rate', 0.5]],
    ),
    entry(
      [
        ['user', 'u'],
        ['client-id', null],
      ],
      [['producer_byte_rate', 9]],
    ),
    entry(
      [
        ['user', 'u'],
        ['client-id', ''],
      ],
      [['producer_byte_rate', 9]],
    ),
  ]),
  set([['ip', null]], ['connection_creation_rate', 1000]),
  set([['ip', '10.1.2.3']], ['connection_creation_rate', 10]),
  describeQuotas([]),
  describeQuotas([], true),
  describeQuotas([['user', 0, 'u']]),
  describeQuotas([['user', 0, 'u']], true),
  describeQuotas([['user', 1, null]]),
  describeQuotas([['user', 2, null]]),
  describeQuotas([['user', 2, null]], true),
  describeQuotas([
    ['user', 2, null],
    ['client-id', 0, 'c'],
  ]),
  describeQuotas(
    [
      ['user', 0, 'u'],
      ['client-id', 1, null],
    ],
    true,
  ),
  describeQuotas([['client-id', 2, null]]),
  describeQuotas([['ip', 2, null]]),
  describeQuotas([['ip', 0, '10.1.2.3']], true),
  describeQuotas([['user', 0, 'nobody']]),
  describeQuotas([['user', 0, null]]),
  describeQuotas([['user', 1, 'u']]),
  describeQuotas([['user', 2, 'u']]),
  describeQuotas([['user', 3, null]]),
  describeQuotas([['', 0, 'u']]),
  describeQuotas([['group', 0, 'u']]),
  describeQuotas([
    ['user', 0, 'u'],
    ['user', 0, 'v'],
  ]),
  describeQuotas([
    ['user', 0, 'u'],
    ['ip', 0, '10.1.2.3'],
  ]),
  ask('DescribeClientQuotas', 0, { components: [], strict: false }),
  alter([
    entry(
      [['user', 'u']],
      [
        ['producer_byte_rate', null],
        ['request_percentage', null],
        ['consumer_byte_rate', null],
      ],
    ),
    entry([['user', null]], [['consumer_byte_rate', null]]),
    entry(
      [
        ['user', 'u'],
        ['client-id', 'c'],
      ],
      [['controller_mutation_rate', null]],
    ),
    entry(
      [
        ['user', 'u'],
        ['client-id', null],
      ],
      [['producer_byte_rate', null]],
    ),
    entry([['ip', null]], [['connection_creation_rate', null]]),
    entry([['ip', '10.1.2.3']], [['connection_creation_rate', null]]),
  ]),
  describeQuotas([]),
  // SCRAM credentials.
  alterScram([], []),
  alterScram([deletion('', 1)], []),
  alterScram([deletion('u', 0)], []),
  alterScram([deletion('u', 3)], []),
  alterScram([deletion('u', 1)], []),
  alterScram([], [upsertion('', 1, 4096)]),
  alterScram([], [upsertion('u', 0, 4096)]),
  alterScram([], [upsertion('u', 1, 4095)]),
  alterScram([], [upsertion('u', 2, 16385)]),
  alterScram([], [upsertion('u', 1, 4096), upsertion('u', 2, 4096)]),
  alterScram([], [upsertion('u', 1, 4096), upsertion('v', 1, 1), upsertion('w', 2, 16384)]),
  alterScram([], [upsertion('u', 2, 8192)]),
  alterScram([deletion('w', 2)], [upsertion('w', 2, 4096)]),
  describeScram(),
  describeScram('u'),
  describeScram('u', 'u'),
  describeScram('w', 'nobody'),
  ask('DescribeUserScramCredentials', 0, { users: null }),
  alterScram([deletion('u', 1), deletion('w', 2)], []),
  alterScram([deletion('u', 1)], []),
  describeScram(),
  // Held to.
  createTopics(7, 'recorded', newTopic('metered', 1)),
  set([['client-id', 'writer']], ['producer_byte_rate', 1000]),
  produce(100, 'writer'),
  produce(10_000, 'writer'),
  produce(100, 'writer'),
  produce(10_000, 'somebody else'),
  fetch('somebody else'),
  set([['client-id', 'slow reader']], ['consumer_byte_rate', 1]),
  { ...fetch('slow reader'), isFresh: true },
  set([['client-id', 'maker']], ['controller_mutation_rate', 1]),
  createTopics(7, 'maker', newTopic('m1', 12), newTopic('m2', 1)),
  createTopics(7, 'maker', newTopic('m3', 20), newTopic('m4', 1)),
  set([['client-id', 'old maker']], ['controller_mutation_rate', 1]),
  createTopics(5, 'old maker', newTopic('m5', 20), newTopic('m6', 1)),
  ask(
    'CreatePartitions',
    3,
    { topics: [{ name: 'm5', count: 30, assignments: null }], timeoutMs: 10000, validateOnly: false },
    'old maker',
  ),
  ask(
    'CreatePartitions',
    3,
    {
      topics: [
        { name: 'm1', count: 14, assignments: null },
        { name: 'm6', count: 2, assignments: null },
      ],
      timeoutMs: 10000,
      validateOnly: false,
    },
    'old maker',
  ),
  ask('DeleteTopics', 5, { topics: [], topicNames: ['m1', 'm6'], timeoutMs: 10000 }, 'old maker'),
]
