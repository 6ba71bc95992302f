import { JavaError } from '../java-error.js'
import { parseJavaInt } from '../java-number.js'

/**
 * Reads `0:1,1:2`: broker ids of each partition. Nothing for "".
 * @throws JavaError when an id is no number or comes twice, or the lists differ in length.
 */
export function parseAssignment(text: string): number[][] {
  if (text === '') return []
  const lists = text.replace(/,+$/, '').split(',').map(parseBrokers)
  const odd = lists.findIndex((brokers) => brokers.length !== lists[0]!.length)
  if (odd >= 0) {
    throw new JavaError(
      'org.apache.kafka.tools.AdminOperationException',
      `Partition ${odd} has different replication factor: [${lists[odd]!.join(', ')}]`,
    )
  }
  return lists
}

function parseBrokers(text: string): number[] {
  const brokers = text
    .replace(/(?<=.):+$/, '')
    .split(':')
    .map(parseBroker)
  const twice = brokers.filter((broker, i) => brokers.indexOf(broker) !== i)
  if (twice.length > 0) {
    throw new JavaError(
      'org.apache.kafka.tools.AdminCommandFailedException',
      `Partition replica lists may not contain duplicate entries: ${[...new Set(twice)].join(',')}`,
    )
  }
  return brokers
}

function parseBroker(text: string): number {
  const trimmed = text.trim()
  const broker = parseJavaInt(trimmed)
  if (broker === null) throw new JavaError('java.lang.NumberFormatException', `For input string: "${trimmed}"`)
  return broker
}
