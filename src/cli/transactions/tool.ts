import type { ClusterClient } from '../../client/cluster-client.js'
import { KafkaError } from '../../client/kafka-error.js'
import { describeProducers, describeProducersAt } from '../../client/partition-producers.js'
import { partitionName } from '../../client/topic-partition.js'
import { ALL_TRANSACTIONS, describeTransaction, fenceProducer, listTransactions } from '../../client/transactions.js'
import { ErrorCode } from '../../protocol/errors.js'
import { withAdmin } from '../admin.js'
import { defineArgTool } from '../arg-tool.js'
import { readFormat } from '../data/output-option.js'
import { printData } from '../data/print-data.js'
import { isKafkaFailure, JavaError } from '../java-error.js'
import { partitionsInHashOrder } from '../java-hash-order.js'
import { loadProperties } from '../properties.js'
import { suggest } from '../suggest.js'
import { tabTable } from '../tab-table.js'
import type { ToolIo } from '../tool.js'
import { KAFKA_BUILD, KAFKA_VERSION } from '../version.js'
import { abort } from './abort.js'
import {
  HANGING_TRANSACTIONS,
  hangingRow,
  PARTITION_PRODUCERS,
  producerRow,
  TRANSACTION,
  TRANSACTION_LIST,
  transactionRow,
} from './data.js'
import { orFail, TransactionFailure } from './failure.js'
import { findHanging } from './find-hanging.js'
import { type TransactionArgs, transactionGrammar } from './grammar.js'

const MINUTE_MS = 60_000
const HANGING_MINUTES = 15

export const transactionsTool = defineArgTool({
  name: 'transactions',
  program: 'kafka-transactions.sh',
  summary: 'Shows transactions and their producers, finds those that hang, and aborts them.',
  grammar: transactionGrammar,
  data: [TRANSACTION_LIST, TRANSACTION, PARTITION_PRODUCERS, HANGING_TRANSACTIONS],
  version: `${KAFKA_VERSION} (Commit:${KAFKA_BUILD})`,
  examples: ['list', 'describe --transactional-id orders-1', 'find-hanging --topic orders'],
  act: async (command, args, io) => {
    try {
      const configFile = args.get('command-config')
      if (configFile !== undefined) checkFile(configFile, io)
      const admin = { bootstrap: args.get('bootstrap-server'), configFile }
      await withAdmin(admin, io, (client) => COMMANDS[command]!(client, args, io))
      return 0
    } catch (error) {
      if (!(error instanceof TransactionFailure) && !isKafkaFailure(error)) throw error
      io.stderr.line(error.message)
      return 1
    }
  },
})

/** @throws TransactionFailure when the file cannot be read. */
function checkFile(path: string, io: ToolIo): void {
  try {
    loadProperties(path, io.directory)
  } catch (error) {
    if (!(error instanceof JavaError)) throw error
    const advice = 'Enable debug logging for additional detail.'
    throw new TransactionFailure(`Failed to load admin client properties: ${error.message}. ${advice}`)
  }
}

const COMMANDS: Readonly<Record<string, (client: ClusterClient, args: TransactionArgs, io: ToolIo) => Promise<void>>> =
  {
    list,
    describe,
    'describe-producers': printProducers,
    abort,
    'find-hanging': printHanging,
    forceTerminateTransaction,
  }

async function list(client: ClusterClient, args: TransactionArgs, io: ToolIo): Promise<void> {
  const filter = {
    ...ALL_TRANSACTIONS,
    durationMs: args.number('duration-filter') ?? -1,
    idPattern: args.get('transactional-id-pattern') ?? null,
  }
  const found = await orFail('Failed to list transactions', listTransactions(client, filter))
  const format = readFormat(args.get('output'))
  if (format !== null) return await printData(io, format, TRANSACTION_LIST, found)
  const rows = found.map(({ transactionalId, coordinator, producerId, state }) => [
    transactionalId,
    String(coordinator),
    String(producerId),
    state,
  ])
  io.stdout.write(tabTable(['TransactionalId', 'Coordinator', 'ProducerId', 'TransactionState'], rows))
}

async function describe(client: ClusterClient, args: TransactionArgs, io: ToolIo): Promise<void> {
  const id = args.get('transactional-id')!
  const what = `Failed to describe transaction state of transactional-id \`${id}\``
  const asked = describeTransaction(client, id).catch(async (error: unknown) => {
    const isUnknown = error instanceof KafkaError && error.code === ErrorCode.TRANSACTIONAL_ID_NOT_FOUND
    const known = async (): Promise<string[]> => (await listTransactions(client)).map((each) => each.transactionalId)
    if (isUnknown) await suggest(id, known, io)
    throw error
  })
  const found = await orFail(what, asked)
  const format = readFormat(args.get('output'))
  if (format !== null) return await printData(io, format, TRANSACTION, [transactionRow(id, found, io.clock.now())])
  const { startMs } = found
  const row = [
    String(found.coordinator),
    id,
    String(found.producerId),
    String(found.producerEpoch),
    found.state,
    String(found.timeoutMs),
    startMs === null ? 'None' : String(startMs),
    startMs === null ? 'None' : String(io.clock.now() - startMs),
    partitionsInHashOrder(found.partitions).map(partitionName).join(','),
  ]
  const titles = ['CoordinatorId', 'TransactionalId', 'ProducerId', 'ProducerEpoch', 'TransactionState']
  const times = ['TransactionTimeoutMs', 'CurrentTransactionStartTimeMs', 'TransactionDurationMs']
  io.stdout.write(tabTable([...titles, ...times, 'TopicPartitions'], [row]))
}

async function printProducers(client: ClusterClient, args: TransactionArgs, io: ToolIo): Promise<void> {
  const partition = { topic: args.get('topic')!, partition: args.number('partition')! }
  const broker = args.number('broker-id')
  const where = broker === undefined ? 'leader' : `broker ${broker}`
  const asked =
    broker === undefined ? describeProducers(client, [partition]) : describeProducersAt(client, broker, [partition])
  const name = partitionName(partition)
  const found = await orFail(`Failed to describe producers for partition ${name} on ${where}`, asked)
  const producers = found.get(name) ?? []
  const format = readFormat(args.get('output'))
  if (format !== null) return await printData(io, format, PARTITION_PRODUCERS, producers.map(producerRow))
  const rows = producers.map((producer) => [
    String(producer.producerId),
    String(producer.producerEpoch),
    String(producer.coordinatorEpoch ?? -1),
    String(producer.lastSequence),
    String(producer.lastTimestamp),
    producer.transactionStart === null ? 'None' : String(producer.transactionStart),
  ])
  const titles = ['ProducerId', 'ProducerEpoch', 'LatestCoordinatorEpoch', 'LastSequence', 'LastTimestamp']
  io.stdout.write(tabTable([...titles, 'CurrentTransactionStartOffset'], rows))
}

async function printHanging(client: ClusterClient, args: TransactionArgs, io: ToolIo): Promise<void> {
  const search = {
    broker: args.number('broker-id'),
    topic: args.get('topic'),
    partition: args.number('partition'),
    transactionMsMax: (args.number('max-transaction-timeout') ?? HANGING_MINUTES) * MINUTE_MS,
  }
  if (search.topic === undefined && search.broker === undefined) {
    throw new TransactionFailure(
      'The `find-hanging` command requires either --topic or --broker-id to limit the scope of the search',
    )
  }
  if (search.partition !== undefined && search.topic === undefined) {
    throw new TransactionFailure('The --partition argument requires --topic to be provided')
  }
  const now = io.clock.now()
  const found = await findHanging(client, search, now)
  const format = readFormat(args.get('output'))
  if (format !== null) {
    const rows = found.map((transaction) => hangingRow(transaction, now))
    return await printData(io, format, HANGING_TRANSACTIONS, rows)
  }
  const rows = found.map(({ topic, partition, producer }) => [
    topic,
    String(partition),
    String(producer.producerId),
    String(producer.producerEpoch),
    String(producer.coordinatorEpoch ?? -1),
    String(producer.transactionStart ?? -1),
    String(producer.lastTimestamp),
    String(Math.floor((now - producer.lastTimestamp) / MINUTE_MS)),
  ])
  const titles = ['Topic', 'Partition', 'ProducerId', 'ProducerEpoch', 'CoordinatorEpoch', 'StartOffset']
  io.stdout.write(tabTable([...titles, 'LastTimestamp', 'Duration(min)'], rows))
}

async function forceTerminateTransaction(client: ClusterClient, args: TransactionArgs): Promise<void> {
  const id = args.get('transactionalId')!
  await orFail(`Failed to force terminate transactionalId \`${id}\``, fenceProducer(client, id))
}
