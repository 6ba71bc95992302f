import { UserError } from '../../base/user-error.js'
import { ErrorCode } from '../../protocol/errors.js'
import { type ClientConfig, readClientConfig } from '../client-config.js'
import { ClientError, ConfigError, KafkaError } from '../kafka-error.js'
import {
  CONSUMER_SETTINGS,
  COOPERATIVE_STICKY_ASSIGNOR,
  RANGE_ASSIGNOR,
  ROUND_ROBIN_ASSIGNOR,
  STICKY_ASSIGNOR,
} from '../settings/consumer.js'
import { Settings } from '../settings.js'

/** Where reading starts without a position: an end of the log, so long ago, or nowhere. */
export type OffsetReset = 'earliest' | 'latest' | 'none' | { readonly agoMs: number }
export type AssignorName = 'range' | 'roundrobin' | 'sticky' | 'cooperative-sticky'

/** What a consumer goes by; times in milliseconds, sizes in bytes. */
export interface ConsumerConfig {
  readonly client: ClientConfig
  readonly groupId: string | null
  /** Makes this a static member, whose place is kept while it restarts. */
  readonly groupInstanceId: string | null
  readonly isAutoCommit: boolean
  readonly autoCommitIntervalMs: number
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  readonly rebalanceTimeoutMs: number
  readonly assignors: readonly AssignorName[]
  /** What is read goes on being read while the group divides its partitions again (KIP-429). */
  readonly isCooperative: boolean
  readonly offsetReset: OffsetReset
  readonly isReadCommitted: boolean
  readonly fetchBytesMin: number
  readonly fetchBytesMax: number
  readonly partitionBytesMax: number
  readonly fetchWaitMs: number
  readonly checksCrcs: boolean
  readonly metadataMaxAgeMs: number
  readonly hidesInternalTopics: boolean
  readonly createsTopics: boolean
}

/** @throws ConfigError, ClientError or KafkaError with Kafka's text; UserError for what klog's consumer does not do. */
export function readConsumerConfig(properties: ReadonlyMap<string, string>): ConsumerConfig {
  const settings = new Settings(CONSUMER_SETTINGS, properties)
  refuseConsumerProtocol(settings)
  checkInstanceId(settings.text('group.instance.id'))
  const groupId = settings.text('group.id')
  try {
    if (groupId?.trim() === '') throw new KafkaError(ErrorCode.INVALID_GROUP_ID, EMPTY_GROUP_ID)
    return {
      client: readClientConfig(settings.list('bootstrap.servers').join(','), properties, 'consumer-1'),
      groupId,
      groupInstanceId: settings.text('group.instance.id'),
      isAutoCommit: groupId !== null && settings.isTrue('enable.auto.commit'),
      autoCommitIntervalMs: settings.number('auto.commit.interval.ms'),
      ...readSession(settings),
      rebalanceTimeoutMs: settings.number('max.poll.interval.ms'),
      ...readAssignors(settings),
      offsetReset: readOffsetReset(settings.text('auto.offset.reset')!),
      isReadCommitted: settings.text('isolation.level') === 'read_committed',
      fetchBytesMin: settings.number('fetch.min.bytes'),
      fetchBytesMax: settings.number('fetch.max.bytes'),
      partitionBytesMax: settings.number('max.partition.fetch.bytes'),
      fetchWaitMs: settings.number('fetch.max.wait.ms'),
      checksCrcs: settings.isTrue('check.crcs'),
      metadataMaxAgeMs: settings.number('metadata.max.age.ms'),
      hidesInternalTopics: settings.isTrue('exclude.internal.topics'),
      createsTopics: settings.isTrue('allow.auto.create.topics'),
    }
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof KafkaError)) throw error
    throw new ClientError('Failed to construct kafka consumer', { cause: error })
  }
}

const EMPTY_GROUP_ID = 'The configured group.id should not be an empty string or whitespace.'

function refuseConsumerProtocol(settings: Settings): void {
  if (settings.text('group.protocol')!.toLowerCase() === 'consumer') {
    throw new UserError(
      'group.protocol=consumer: klog consumes with the classic group protocol only',
      'Leave group.protocol out, or set it to classic.',
    )
  }
}

function checkInstanceId(id: string | null): void {
  if (id === null || /^[a-zA-Z0-9._-]+$/.test(id)) return
  const rule = "contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
  throw new KafkaError(ErrorCode.INVALID_CONFIG, `Group instance id is invalid: '${id}' ${rule}`)
}

function readSession(settings: Settings): { sessionTimeoutMs: number; heartbeatIntervalMs: number } {
  const sessionTimeoutMs = settings.number('session.timeout.ms')
  const heartbeatIntervalMs = settings.number('heartbeat.interval.ms')
  if (heartbeatIntervalMs >= sessionTimeoutMs) {
    throw new ConfigError('Heartbeat must be set lower than the session timeout')
  }
  return { sessionTimeoutMs, heartbeatIntervalMs }
}

const ASSIGNORS: Readonly<Record<string, AssignorName>> = {
  [RANGE_ASSIGNOR]: 'range',
  [ROUND_ROBIN_ASSIGNOR]: 'roundrobin',
  [STICKY_ASSIGNOR]: 'sticky',
  [COOPERATIVE_STICKY_ASSIGNOR]: 'cooperative-sticky',
}

/** Whoever offers an assignor that wants everything given back first gives back. Beside range the default offers to cooperate, for later. */
function readAssignors(settings: Settings): { assignors: AssignorName[]; isCooperative: boolean } {
  const assignors = settings.list('partition.assignment.strategy').map((name) => ASSIGNORS[name]!)
  return { assignors, isCooperative: assignors.every((name) => name === 'cooperative-sticky') }
}

function readOffsetReset(text: string): OffsetReset {
  if (text === 'earliest' || text === 'latest' || text === 'none') return text
  return { agoMs: durationMs(text.slice(text.indexOf(':') + 1)) }
}

/** Of ISO 8601, as Java reads it: days, hours, minutes, seconds. */
function durationMs(text: string): number {
  const [, days, hours, minutes, seconds] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d*)?)S)?)?$/i.exec(
    text,
  )!
  const inHours = Number(days ?? 0) * 24 + Number(hours ?? 0)
  const inSeconds = (inHours * 60 + Number(minutes ?? 0)) * 60 + Number((seconds ?? '0').replace(',', '.'))
  return Math.floor(inSeconds * 1000)
}
