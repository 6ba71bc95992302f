import type { ClusterClient } from '../../client/cluster-client.js'
import { alterConfigs, type ConfigChanges } from '../../client/configs.js'
import type { ToolIo } from '../tool.js'
import { changesOf } from './changes.js'
import { configEntries, isResource, RESOURCES } from './describe.js'
import { singular } from './entities.js'
import type { ConfigsOptions, Selection } from './options.js'
import { alterQuotasOrScram } from './quotas.js'
import { Refusal } from './refusal.js'

export async function alter(
  client: ClusterClient,
  selection: Selection,
  options: ConfigsOptions,
  io: ToolIo,
): Promise<void> {
  const changes = changesOf(options, io)
  const [type, name] = [selection.types[0]!, selection.names[0]!]
  if (selection.types.length !== selection.names.length) {
    throw new Refusal('An entity name must be specified for every entity type')
  }
  if (type === 'broker-loggers') await checkLoggers(client, name, changes)
  if (isResource(type)) await alterConfigs(client, RESOURCES[type].type, name, changes)
  else await alterQuotasOrScram(client, selection, changes, io)
  io.stdout.line(
    name === ''
      ? `Completed updating default config for ${type} in the cluster.`
      : `Completed updating config for ${singular(type)} ${name}.`,
  )
}

async function checkLoggers(client: ClusterClient, name: string, { set, remove }: ConfigChanges): Promise<void> {
  const known = new Set((await configEntries(client, 'broker-loggers', name, false)).map((entry) => entry.name))
  const unknown = [...remove, ...set.keys()].filter((logger) => !known.has(logger))
  if (unknown.length > 0) throw new Refusal(`Invalid broker logger(s): ${unknown.join(',')}`)
}
