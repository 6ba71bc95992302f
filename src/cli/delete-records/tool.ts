import type { ClusterClient } from '../../client/cluster-client.js'
import { KafkaError } from '../../client/kafka-error.js'
import { deleteRecords, type RecordDeletion } from '../../client/record-deletion.js'
import { partitionName } from '../../client/topic-partition.js'
import { ErrorCode } from '../../protocol/errors.js'
import { withAdmin } from '../admin.js'
import { type DataFormat, OUTPUT_OPTION, readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { number, orNull, type RowIn, shape, text } from '../data/shape.js'
import { readTextFile } from '../jackson.js'
import { isKafkaFailure, javaText } from '../java-error.js'
import { optionSpecs } from '../kafka-options.js'
import { requireOptions } from '../option-rules.js'
import { suggestTopic } from '../suggest.js'
import { defineTool, needsBootstrapFlag, type ToolIo } from '../tool.js'
import { UsageError } from '../usage.js'
import { parsePlan } from './plan.js'

const DELETED = shape('', {
  topic: text('a topic'),
  partition: number('a partition of it'),
  lowWatermark: orNull(number('the first offset that is left; null when nothing was deleted')),
  error: orNull(text('why nothing was deleted; with any the exit code is 1')),
})

export const deleteRecordsTool = defineTool({
  name: 'delete-records',
  summary: 'Deletes the records of partitions up to an offset.',
  options: optionSpecs([
    {
      name: 'bootstrap-server',
      argument: 'required',
      value: 'host:port,…',
      about: 'Brokers to contact first. Without it: the local broker, started if it does not run.',
    },
    {
      name: 'offset-json-file',
      argument: 'required',
      value: 'file',
      about:
        'What to delete: {"partitions": [{"topic": "orders", "partition": 0, "offset": 3}], "version": 1}. Records before the offset go; -1 stands for the end.',
    },
    { name: 'command-config', argument: 'required', value: 'file', about: 'Properties file with client settings.' },
    OUTPUT_OPTION,
  ]),
  data: [DELETED],
  examples: [
    '--offset-json-file offsets.json',
    '--offset-json-file offsets.json --bootstrap-server kafka.example.com:9092',
    '--offset-json-file offsets.json --output json',
  ],
  act: async (options, io) => {
    if (needsBootstrapFlag(io)) requireOptions(options, 'bootstrap-server')
    requireOptions(options, 'offset-json-file')
    try {
      const admin = { bootstrap: options.text('bootstrap-server'), configFile: options.text('command-config') }
      const file = options.text('offset-json-file')!
      const format = readFormat(options.text('output'))
      return await withAdmin(admin, io, async (client) => {
        const plan = readTextFile(file, io.directory)
        if (format !== null) return await deleteAndPrintData(client, plan, format, io)
        await deleteAsPlanned(client, plan, io)
        return 0
      })
    } catch (error) {
      if (error instanceof UsageError || !isKafkaFailure(error)) throw error
      io.stderr.line(error.message)
      return 1
    }
  },
})

/** What cannot be deleted is told on stdout and changes no exit code, as in Kafka. */
async function deleteAsPlanned(client: ClusterClient, text: string, io: ToolIo): Promise<void> {
  const plan = parsePlan(text)
  io.stdout.line('Executing records delete operation')
  io.stdout.line('Records delete operation completed:')
  const results = await deleteRecords(client, plan)
  await suggestTopics(client, results, plan, io)
  for (const deletion of plan) {
    const name = partitionName(deletion)
    const result = results.get(name)
    const outcome = result instanceof KafkaError ? `error: ${javaText(result)}` : `low_watermark: ${result}`
    io.stdout.line(`partition: ${name}\t${outcome}`)
  }
}

async function suggestTopics(
  client: ClusterClient,
  results: ReadonlyMap<string, number | KafkaError>,
  plan: readonly RecordDeletion[],
  io: ToolIo,
): Promise<void> {
  const missing = plan.filter((deletion) => {
    const result = results.get(partitionName(deletion))
    return result instanceof KafkaError && result.code === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
  })
  for (const topic of new Set(missing.map((deletion) => deletion.topic))) await suggestTopic(client, topic, io)
}

async function deleteAndPrintData(
  client: ClusterClient,
  text: string,
  format: DataFormat,
  io: ToolIo,
): Promise<number> {
  const plan = parsePlan(text)
  const results = await deleteRecords(client, plan)
  await suggestTopics(client, results, plan, io)
  const rows = plan.map((deletion): RowIn<typeof DELETED> => {
    const { topic, partition } = deletion
    const result = results.get(partitionName(deletion))
    if (result instanceof KafkaError) return { topic, partition, lowWatermark: null, error: result.message }
    return { topic, partition, lowWatermark: result ?? null, error: null }
  })
  await printData(io, format, DELETED, rows)
  return rows.some(({ error }) => error !== null) ? 1 : 0
}
