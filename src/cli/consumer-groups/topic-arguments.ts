import type { TopicPartition } from '../../client/topic-partition.js'
import { JavaError } from '../java-error.js'
import { parseJavaInt } from '../java-number.js'

/** What --topic names: whole topics, and single partitions (`topic:0,1`). */
export interface TopicArguments {
  readonly topics: readonly string[]
  readonly partitions: readonly TopicPartition[]
}

/** @throws JavaError when a partition is no number, or there are two colons. */
export function parseTopicArguments(texts: readonly string[]): TopicArguments {
  return {
    topics: texts.filter((text) => !text.includes(':')),
    partitions: texts.filter((text) => text.includes(':')).flatMap(parsePartitions),
  }
}

function parsePartitions(text: string): TopicPartition[] {
  const pieces = text.replace(/:+$/, '').split(':')
  const [topic, list] = pieces
  if (topic === undefined || list === undefined || pieces.length !== 2) {
    throw refused(`Invalid topic arg '${text}', expected topic name and partitions`)
  }
  return list
    .replace(/,+$/, '')
    .split(',')
    .map((piece) => {
      const partition = parseJavaInt(piece)
      // Kafka's message has the second quote too.
      if (partition === null) throw refused(`Invalid partition '${piece}' specified in topic arg '${text}''`)
      return { topic, partition }
    })
}

function refused(message: string): JavaError {
  return new JavaError('java.lang.IllegalArgumentException', message)
}
