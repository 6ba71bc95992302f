import type { ClusterClient } from '../../client/cluster-client.js'
import { ConfigError } from '../../client/kafka-error.js'
import { withAdmin } from '../admin.js'
import { isKafkaFailure, JavaError } from '../java-error.js'
import { suggestTopic } from '../suggest.js'
import { defineTool, type ToolIo } from '../tool.js'
import { TOPIC_DESCRIPTIONS, TOPIC_LIST } from './data.js'
import { checkTopicsOptions, TOPICS_OPTIONS, type TopicsAction, type TopicsOptions } from './options.js'
import { NoSuchTopic } from './selection.js'

export const topicsTool = defineTool({
  name: 'topics',
  summary: 'Creates, lists, describes, alters and deletes topics.',
  options: TOPICS_OPTIONS,
  examples: [
    '--create --topic orders --partitions 3',
    '--list',
    '--describe --topic orders',
    '--alter --topic orders --partitions 6',
    '--delete --topic orders',
  ],
  data: [TOPIC_LIST, TOPIC_DESCRIPTIONS],
  removed: {
    zookeeper: 'today: --bootstrap-server HOST:9092, or nothing for the local broker; Kafka keeps its metadata itself',
    force: 'today: --if-exists and --if-not-exists',
  },
  act: async (options, io) => {
    try {
      const action = checkTopicsOptions(options, io)
      const admin = { bootstrap: options.text('bootstrap-server'), configFile: options.text('command-config') }
      return await withAdmin(admin, io, (client) => run(action, client, options, io))
    } catch (error) {
      if (!(error instanceof JavaError || error instanceof ConfigError)) throw error
      io.stderr.line(error.message)
      return 1
    }
  },
})

async function run(action: TopicsAction, client: ClusterClient, options: TopicsOptions, io: ToolIo): Promise<number> {
  try {
    await ACTIONS[action](client, options, io)
    return 0
  } catch (error) {
    if (!isKafkaFailure(error)) throw error
    // Whoever reads data from standard output must not find a text there.
    const told = options.has('output') ? io.stderr : io.stdout
    told.line(`Error while executing topic command : ${error.message}`)
    if (error instanceof NoSuchTopic) await suggestTopic(client, error.wanted, io)
    return 1
  }
}

type Act = (client: ClusterClient, options: TopicsOptions, io: ToolIo) => Promise<void>

/** Loaded one by one: the commonest is called in loops and shall not wait for the others. */
const ACTIONS: Readonly<Record<TopicsAction, Act>> = {
  list: async (client, options, io) => (await import('./list.js')).list(client, options, io),
  describe: async (client, options, io) => (await import('./describe.js')).describe(client, options, io),
  create: async (client, options, io) => (await import('./create.js')).create(client, options, io),
  alter: async (client, options) => (await import('./alter.js')).alter(client, options),
  delete: async (client, options) => (await import('./delete.js')).deleteSelected(client, options),
}
