import { readProducerConfig } from '../../client/producer/config.js'
import { defineArgTool } from '../arg-tool.js'
import { withContext } from '../context/apply.js'
import { tellFailure } from '../failure-text.js'
import { isKafkaFailure } from '../java-error.js'
import { PERF_GRAMMAR } from './grammar.js'
import { readPlan } from './plan.js'
import { runPerf } from './run.js'
import { PRODUCER_PERF } from './stats.js'

export const producerPerfTestTool = defineArgTool({
  name: 'producer-perf-test',
  program: 'kafka-producer-perf-test',
  summary: 'Sends records as fast as can be, or as fast as told, and says how long they took.',
  grammar: () => PERF_GRAMMAR,
  data: [PRODUCER_PERF],
  helpsWithoutArguments: true,
  endsOnSignal: true,
  examples: [
    '--topic orders --num-records 1000000 --record-size 100 --throughput -1',
    '--topic orders --num-records 5000 --payload-file orders.txt --throughput 500',
    '--topic orders --num-records 5000 --record-size 100 --throughput -1 --transaction-duration-ms 100',
  ],
  act: async (_, args, io) => {
    try {
      const plan = readPlan(args, io)
      const named = plan.properties.get('bootstrap.servers')
      const properties = new Map(plan.properties).set('bootstrap.servers', named ?? 'localhost:9092')
      const config = readProducerConfig(withContext(properties, named, io))
      const bootstrapServers = await io.bootstrap(named)
      return await runPerf(plan, { ...config, client: { ...config.client, bootstrapServers } }, io)
    } catch (error) {
      if (!isKafkaFailure(error)) throw error
      tellFailure(error, io)
      return 1
    }
  },
})
