import type { ClusterClient } from '../../client/cluster-client.js'
import { ConfigError, KafkaError } from '../../client/kafka-error.js'
import { createTopic } from '../../client/topics.js'
import { checkTopicConfigs } from '../../protocol/configs/topic.js'
import { ErrorCode } from '../../protocol/errors.js'
import { JavaError } from '../java-error.js'
import type { ToolIo } from '../tool.js'
import { parseAssignment } from './assignment.js'
import type { TopicsOptions } from './options.js'

const REPLICATION_FACTOR_MAX = 32_767

export async function create(client: ClusterClient, options: TopicsOptions, io: ToolIo): Promise<void> {
  const name = options.text('topic') ?? ''
  const partitionCount = options.int('partitions')
  const replicationFactor = options.int('replication-factor')
  const assignments = parseAssignment(options.text('replica-assignment') ?? '')
  const configs = parseConfigs(options.texts('config'))
  if (/[._]/.test(name)) {
    io.stdout.line(
      "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both.",
    )
  }
  checkRanges(partitionCount, replicationFactor)
  const isAssigned = assignments.length > 0
  try {
    await createTopic(client, {
      name,
      partitionCount: isAssigned ? -1 : (partitionCount ?? -1),
      replicationFactor: isAssigned ? -1 : (replicationFactor ?? -1),
      assignments,
      configs,
    })
    io.stdout.line(`Created topic ${name}.`)
  } catch (error) {
    const exists = error instanceof KafkaError && error.code === ErrorCode.TOPIC_ALREADY_EXISTS
    if (!exists || !options.has('if-not-exists')) throw error
  }
}

/** `name=value` each; an empty value, or a second equals sign, is no such thing for Kafka. */
function parseConfigs(texts: readonly string[]): Map<string, string> {
  const pairs = texts.map((text) => withoutEmptyEnd(text.split(/\s*=\s*/)))
  if (pairs.some((pair) => pair.length !== 2)) {
    throw new JavaError(
      'java.lang.IllegalArgumentException',
      'requirement failed: Invalid topic config: all configs to be added must be in the format "key=val".',
    )
  }
  const configs = new Map(pairs.map(([name, value]) => [name!.trim(), value!.trim()]))
  const problem = checkTopicConfigs(configs)
  if (problem !== null) throw new ConfigError(problem.message)
  return configs
}

/** Java's `split` drops empty pieces at the end. */
function withoutEmptyEnd(pieces: string[]): string[] {
  while (pieces.at(-1) === '') pieces.pop()
  return pieces
}

function checkRanges(partitionCount: number | undefined, replicationFactor: number | undefined): void {
  if (replicationFactor !== undefined && (replicationFactor < 1 || replicationFactor > REPLICATION_FACTOR_MAX)) {
    throw new JavaError(
      'java.lang.IllegalArgumentException',
      `The replication factor must be between 1 and ${REPLICATION_FACTOR_MAX} inclusive`,
    )
  }
  if (partitionCount !== undefined && partitionCount < 1) {
    throw new JavaError('java.lang.IllegalArgumentException', 'The partitions must be greater than 0')
  }
}
