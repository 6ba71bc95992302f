import { checkClientMetricsConfigs } from '../protocol/configs/client-metrics.js'
import { checkGroupConfigs } from '../protocol/configs/group.js'
import type { ConfigProblem } from '../protocol/configs/problem.js'
import { checkTopicConfigsOnBroker } from '../protocol/configs/topic.js'
import { ErrorCode } from '../protocol/errors.js'
import { topicNameProblem } from '../protocol/topic-name.js'
import { ConfigOperation, isListConfig, listDefault } from './config-operation.js'
import { type ControllerSettings, type Refusal, refusal } from './decision.js'
import { ELR_FEATURE } from './features.js'
import type { MetadataImage } from './metadata-image.js'
import type { MetadataRecord, RecordOf } from './records.js'
import { ALL_BROKERS, ResourceType } from './resource-type.js'

const VALUE_BYTES_MAX = 32767
const MIN_ISR = 'min.insync.replicas'

export interface Resource {
  readonly type: ResourceType
  readonly name: string
}

/** One change of one config: `value` is null for DELETE. */
export interface ConfigChange {
  readonly name: string
  readonly operation: number
  readonly value: string | null
}

export interface ConfigsDecided {
  readonly records: readonly MetadataRecord[]
}

/** Changes single configs of a resource; all of them or none (KIP-339). */
export function alterConfigs(
  image: MetadataImage,
  resource: Resource,
  changes: readonly ConfigChange[],
  settings: ControllerSettings,
): ConfigsDecided | Refusal {
  const current = image.configs(resource.type, resource.name)
  const records: RecordOf<'Config'>[] = []
  for (const change of changes) {
    const value = changedValue(resource, current, change)
    if (typeof value === 'object' && value !== null) return value
    // A broker reads its files again when a config is set to what it was.
    const isChange = value !== (current.get(change.name) ?? null) || resource.type === ResourceType.BROKER
    if (isChange) records.push(configRecord(resource, change.name, value))
  }
  return decide(image, resource, records, settings, 'existing')
}

/** Makes `configs` all that is set for a resource: the old way, in which what is not named goes back to its default. */
export function replaceConfigs(
  image: MetadataImage,
  resource: Resource,
  configs: ReadonlyMap<string, string>,
  settings: ControllerSettings,
): ConfigsDecided | Refusal {
  const current = image.configs(resource.type, resource.name)
  const records = [...configs]
    .filter(([name, value]) => current.get(name) !== value || resource.type === ResourceType.BROKER)
    .map(([name, value]) => configRecord(resource, name, value))
  const dropped = [...current.keys()].filter((name) => !configs.has(name))
  records.push(...dropped.map((name) => configRecord(resource, name, null)))
  return decide(image, resource, records, settings, 'existing')
}

/** The configs of a topic that is about to be created. */
export function alterTopicConfigs(
  image: MetadataImage,
  topic: string,
  configs: ReadonlyMap<string, string>,
  settings: ControllerSettings,
): ConfigsDecided | Refusal {
  if (configs.size === 0) return { records: [] }
  const resource = { type: ResourceType.TOPIC, name: topic }
  const records = [...configs].map(([name, value]) => configRecord(resource, name, value))
  return decide(image, resource, records, settings, 'new')
}

function changedValue(
  resource: Resource,
  current: ReadonlyMap<string, string>,
  { name, operation, value }: ConfigChange,
): string | null | Refusal {
  if (operation === ConfigOperation.SET) return value
  if (operation === ConfigOperation.DELETE) return null
  if (operation !== ConfigOperation.APPEND && operation !== ConfigOperation.SUBTRACT)
    return refusal(ErrorCode.INVALID_REQUEST, `Unknown operations type ${operation}`)
  if (!isListConfig(resource.type, name)) {
    const word = operation === ConfigOperation.APPEND ? 'APPEND' : 'SUBTRACT'
    return refusal(ErrorCode.INVALID_CONFIG, `Can't ${word} to key ${name} because its type is not LIST.`)
  }
  const before = entries(current.get(name) ?? listDefault(resource.type, name))
  const given = new Set(entries(value ?? ''))
  if (operation === ConfigOperation.SUBTRACT) return before.filter((entry) => !given.has(entry)).join(',')
  return [...new Set([...before, ...given])].join(',')
}

function entries(text: string): string[] {
  return text.trim() === '' ? [] : text.trim().split(/\s*,\s*/)
}

function configRecord({ type, name: resourceName }: Resource, name: string, value: string | null): RecordOf<'Config'> {
  return { type: 'Config', resourceType: type, resourceName, name, value }
}

/** Checks what the resource's configs would be after `records`, in the order in which Kafka does. */
function decide(
  image: MetadataImage,
  resource: Resource,
  records: readonly RecordOf<'Config'>[],
  settings: ControllerSettings,
  state: 'new' | 'existing',
): ConfigsDecided | Refusal {
  const existing = image.configs(resource.type, resource.name)
  const configs = new Map(existing)
  for (const { name, value } of records) {
    if (value === null) configs.delete(name)
    else configs.set(name, value)
    const refused = tooLong(value) ?? minIsrRefusal(image, resource, name, value)
    if (refused !== null) return refused
  }
  const refused = check(resource, configs, existing, settings)
  if (refused !== null) return refused
  if (state === 'existing') {
    const missing = absence(image, resource)
    if (missing !== null) return missing
  }
  return { records: [...records, ...elrRecords(image, resource, records)] }
}

function tooLong(value: string | null): Refusal | null {
  if (value === null || Buffer.byteLength(value) <= VALUE_BYTES_MAX) return null
  const limit = `the maximum value size of ${VALUE_BYTES_MAX} bytes`
  return refusal(ErrorCode.INVALID_CONFIG, `The configuration value cannot be added because it exceeds ${limit}.`)
}

/** Who may lead besides the ISR depends on the minimum, so with ELR it is the same for all brokers (KIP-966). */
function minIsrRefusal(
  image: MetadataImage,
  { type, name }: Resource,
  config: string,
  value: string | null,
): Refusal | null {
  if (config !== MIN_ISR || type !== ResourceType.BROKER || !image.features.has(ELR_FEATURE)) return null
  if (name !== ALL_BROKERS)
    return refusal(ErrorCode.INVALID_CONFIG, `Broker-level ${MIN_ISR} cannot be altered while ELR is enabled.`)
  if (value !== null) return null
  return refusal(ErrorCode.INVALID_CONFIG, `Cluster-level ${MIN_ISR} cannot be removed while ELR is enabled.`)
}

function check(
  { type, name }: Resource,
  configs: ReadonlyMap<string, string>,
  existing: ReadonlyMap<string, string>,
  settings: ControllerSettings,
): Refusal | null {
  switch (type) {
    case ResourceType.TOPIC: {
      if (name === '') return refusal(ErrorCode.INVALID_REQUEST, 'Default topic resources are not allowed.')
      const problem = topicNameProblem(name)
      if (problem !== null) return refusal(ErrorCode.INVALID_TOPIC_EXCEPTION, problem)
      return asRefusal(checkTopicConfigsOnBroker(configs, existing, settings.topicDefaults))
    }
    case ResourceType.BROKER:
      if (name === ALL_BROKERS) return null
      if (!/^[+-]?\d+$/.test(name))
        return refusal(ErrorCode.INVALID_REQUEST, 'Unable to parse broker name as a base 10 number.')
      return Number(name) < 0 ? refusal(ErrorCode.INVALID_REQUEST, 'Invalid negative broker ID.') : null
    case ResourceType.CLIENT_METRICS:
      if (name === '') return refusal(ErrorCode.INVALID_REQUEST, "Subscription name can't be empty")
      return asRefusal(checkClientMetricsConfigs(configs))
    case ResourceType.GROUP:
      if (name === '') return refusal(ErrorCode.INVALID_REQUEST, 'Default group resources are not allowed.')
      return asRefusal(checkGroupConfigs(configs, settings.brokerNumber))
    default:
      return refusal(ErrorCode.INVALID_REQUEST, `Unknown resource type ${type}`)
  }
}

function asRefusal(problem: ConfigProblem | null): Refusal | null {
  return problem === null ? null : refusal(ErrorCode[problem.error], problem.message)
}

function absence(image: MetadataImage, { type, name }: Resource): Refusal | null {
  if (type === ResourceType.TOPIC && image.topic(name) === null)
    return refusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `The topic '${name}' does not exist.`)
  const isNode = (id: number): boolean => image.brokers.has(id) || image.controllers.has(id)
  if (type === ResourceType.BROKER && name !== ALL_BROKERS && !isNode(Number(name)))
    return refusal(ErrorCode.BROKER_ID_NOT_REGISTERED, `No node with id ${name} found.`)
  return null
}

/** A new minimum makes everything void that was decided by the old one. */
function elrRecords(
  image: MetadataImage,
  { type, name }: Resource,
  records: readonly RecordOf<'Config'>[],
): RecordOf<'ClearElr'>[] {
  const isAffected = type === ResourceType.TOPIC || (type === ResourceType.BROKER && name === ALL_BROKERS)
  if (!isAffected || !image.features.has(ELR_FEATURE)) return []
  if (!records.some((record) => record.name === MIN_ISR)) return []
  return [{ type: 'ClearElr', topicName: type === ResourceType.TOPIC ? name : '' }]
}
