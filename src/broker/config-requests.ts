import type { ConfigChange, Resource } from '../cluster/alter-configs.js'
import { ConfigOperation, isListConfig, listDefault } from '../cluster/config-operation.js'
import { type Refusal, refusal } from '../cluster/decision.js'
import { ResourceType } from '../cluster/resource-type.js'
import { ErrorCode } from '../protocol/errors.js'
import type { Broker } from './broker.js'
import { definitionOf } from './broker-config.js'
import { refuseDynamicConfigs } from './dynamic-broker-configs.js'
import type { RequestContext } from './handler.js'

type Asked = Pick<RequestContext, 'broker' | 'connection'>

/** What a broker checks before it asks the controller to change configs, in Kafka's order and words. */
export function refuseChanges(
  { broker, connection }: Asked,
  resource: Resource,
  changes: readonly ConfigChange[],
): Refusal | null {
  const names = changes.map(({ name }) => name)
  if (new Set(names).size < names.length)
    return refusal(ErrorCode.INVALID_REQUEST, 'Error due to duplicate config keys')
  const nulls = changes.filter(({ operation, value }) => operation !== ConfigOperation.DELETE && value === null)
  if (nulls.length > 0) return refuseNulls(nulls)
  if (resource.type === ResourceType.BROKER_LOGGER) return refuseOtherNode(broker, resource.name)
  if (resource.type !== ResourceType.BROKER) return refuseUnknownType(resource)
  if (isOfController({ broker, connection })) return null
  const elsewhere = resource.name === '' ? null : refuseOtherBroker(broker, resource.name)
  if (elsewhere !== null) return elsewhere
  const configs = new Map(broker.metadata.image.configs(ResourceType.BROKER, resource.name))
  for (const change of changes) {
    const refused = applyChange(configs, change)
    if (refused !== null) return refused
  }
  return refuseDynamicConfigs(configs, resource.name === '' ? 'cluster' : 'broker', broker.config)
}

/** The same for a request that replaces everything that is set. */
export function refuseReplacement(
  { broker, connection }: Asked,
  resource: Resource,
  configs: readonly { readonly name: string; readonly value: string | null }[],
): Refusal | null {
  if (new Set(configs.map(({ name }) => name)).size < configs.length)
    return refusal(ErrorCode.INVALID_REQUEST, 'Error due to duplicate config keys')
  const nulls = configs.filter(({ value }) => value === null)
  if (nulls.length > 0) return refuseNulls(nulls)
  if (resource.type !== ResourceType.BROKER) return refuseUnknownType(resource)
  if (isOfController({ broker, connection })) return null
  const elsewhere = resource.name === '' ? null : refuseOtherBroker(broker, resource.name)
  const wanted = new Map(configs.map(({ name, value }) => [name, value ?? '']))
  return elsewhere ?? refuseDynamicConfigs(wanted, resource.name === '' ? 'cluster' : 'broker', broker.config)
}

/** Resources that a request names more than once: none of them is touched. */
export function repeatedResources<R extends { readonly resourceType: number; readonly resourceName: string }>(
  resources: readonly R[],
): ReadonlySet<R> {
  const counts = new Map<string, number>()
  for (const resource of resources) counts.set(resourceKey(resource), (counts.get(resourceKey(resource)) ?? 0) + 1)
  return new Set(resources.filter((resource) => counts.get(resourceKey(resource))! > 1))
}

export function resourceKey(resource: { readonly resourceType: number; readonly resourceName: string }): string {
  return `${resource.resourceType}:${resource.resourceName}`
}

export const REPEATED: Refusal = refusal(ErrorCode.INVALID_REQUEST, 'Each resource must appear at most once.')

function refuseNulls(nulls: readonly { readonly name: string }[]): Refusal {
  const names = nulls.map(({ name }) => name).join(',')
  return refusal(ErrorCode.INVALID_REQUEST, `Null value not supported for : ${names}`)
}

/** A broker checks what is set for itself or for all, by what it is set to; the controller takes what it has checked, for any. */
function isOfController({ broker, connection }: Asked): boolean {
  return broker.config.list('controller.listener.names').includes(connection.listenerName)
}

function refuseOtherBroker({ nodeId }: Broker, name: string): Refusal | null {
  if (Number(name) === nodeId && isNumber(name)) return null
  if (!isNumber(name)) return refusal(ErrorCode.INVALID_REQUEST, `Node id must be an integer, but it is: ${name}`)
  return refusal(ErrorCode.INVALID_REQUEST, `Unexpected broker id, expected ${nodeId}, but received ${name}`)
}

function refuseOtherNode(broker: Broker, name: string): Refusal | null {
  const refused = refuseOtherBroker(broker, name)
  if (refused === null || !isNumber(name)) return refused
  return refusal(ErrorCode.INVALID_REQUEST, `Unexpected node id. Expected ${broker.nodeId}, but received ${name}`)
}

function isNumber(name: string): boolean {
  return /^[+-]?\d{1,10}$/.test(name)
}

function refuseUnknownType(resource: Resource): Refusal | null {
  const types: readonly number[] = [ResourceType.TOPIC, ResourceType.CLIENT_METRICS, ResourceType.GROUP]
  if (types.includes(resource.type)) return null
  return refusal(ErrorCode.INVALID_REQUEST, `Unknown resource type ${resource.type}`)
}

/** What would be set for the broker after the change. */
function applyChange(configs: Map<string, string>, { name, operation, value }: ConfigChange): Refusal | null {
  switch (operation) {
    case ConfigOperation.SET:
      configs.set(name, value ?? '')
      return null
    case ConfigOperation.DELETE:
      configs.delete(name)
      return null
    case ConfigOperation.APPEND:
    case ConfigOperation.SUBTRACT: {
      const word = operation === ConfigOperation.APPEND ? 'append' : 'subtract'
      if (definitionOf(name) === null) return refusal(ErrorCode.INVALID_CONFIG, `Unknown config name: ${name}`)
      if (!isListConfig(ResourceType.BROKER, name))
        return refusal(ErrorCode.INVALID_CONFIG, `Config value ${word} is not allowed for config key: ${name}`)
      const before = (configs.get(name) ?? listDefault(ResourceType.BROKER, name)).split(',')
      const given = new Set((value ?? '').split(','))
      const after = word === 'append' ? [...before, ...given] : before.filter((entry) => !given.has(entry))
      configs.set(name, after.filter((entry) => entry !== '').join(','))
      return null
    }
    default:
      return refusal(ErrorCode.INVALID_REQUEST, `Unknown operations type ${operation}`)
  }
}
