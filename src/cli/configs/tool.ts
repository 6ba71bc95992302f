import type { ClusterClient } from '../../client/cluster-client.js'
import { withAdmin } from '../admin.js'
import { failureText } from '../failure-text.js'
import { isKafkaFailure } from '../java-error.js'
import { OptionError } from '../kafka-options.js'
import { defineTool, note, type ToolIo } from '../tool.js'
import { alter } from './alter.js'
import { CONFIGS, QUOTAS } from './data.js'
import { describe } from './describe.js'
import { checkAddresses } from './ip-addresses.js'
import { CONFIGS_OPTIONS, type ConfigsOptions, checkConfigsOptions, type Selection } from './options.js'
import { Refusal } from './refusal.js'

export const configsTool = defineTool({
  name: 'configs',
  summary: 'Describes and alters settings of topics, brokers, groups, clients, users and more.',
  options: CONFIGS_OPTIONS,
  examples: [
    '--describe --topic orders',
    '--describe --topic orders --all',
    '--alter --topic orders --add-config retention.ms=3600000',
    "--alter --topic orders --add-config 'cleanup.policy=[compact,delete]'",
    '--alter --topic orders --delete-config retention.ms',
    '--describe --broker 0',
  ],
  data: [CONFIGS, QUOTAS],
  removed: {
    zookeeper: 'today: --bootstrap-server HOST:9092, or nothing for the local broker; Kafka keeps its metadata itself',
    force: 'today: nothing; nothing is asked before a change',
  },
  act: async (options, io, args) => {
    try {
      await run(checkConfigsOptions(options, io), options, io)
      return 0
    } catch (error) {
      if (error instanceof Refusal) {
        io.stderr.line(error.message)
        return 1
      }
      if (error instanceof OptionError || !isKafkaFailure(error)) throw error
      io.stderr.line(`Error while executing config command with args '${args.join(' ')}'`)
      note(io, failureText(error))
      return 1
    }
  },
})

async function run(selection: Selection, options: ConfigsOptions, io: ToolIo): Promise<void> {
  await checkAddresses(selection)
  const admin = {
    bootstrap: options.text('bootstrap-controller') ?? options.text('bootstrap-server'),
    areControllers: options.has('bootstrap-controller'),
    configFile: options.text('command-config'),
  }
  const act = selection.action === 'describe' ? describe : alter
  await withAdmin(admin, io, (client: ClusterClient) => act(client, selection, options, io))
}
