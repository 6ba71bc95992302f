import type { RecordDeletion } from '../../client/record-deletion.js'
import { partitionName } from '../../client/topic-partition.js'
import { Json } from '../jackson.js'
import { JavaError } from '../java-error.js'

const VERSION = 1

/**
 * Reads `{"partitions":[{"topic":"t","partition":0,"offset":3}],"version":1}`; the version may be missing, other fields do
 * not count.
 * @throws JavaError with Kafka's text when it is something else, or a partition comes twice.
 */
export function parsePlan(text: string): RecordDeletion[] {
  const json = Json.parse(text)
  if (json === null) throw operationError('The input string is not a valid JSON')
  const fields = json.fields()
  const version = fields.find('version')?.int() ?? VERSION
  if (version !== VERSION) throw operationError(`Not supported version field value ${version}`)
  const partitions = fields.find('partitions')
  if (partitions === null) throw operationError('Missing partitions field')
  const deletions = partitions.items().map(parseDeletion)
  refuseDuplicates(deletions.map(partitionName))
  return deletions
}

function parseDeletion(json: Json): RecordDeletion {
  const fields = json.fields()
  return {
    topic: fields.get('topic').text(),
    partition: fields.get('partition').int(),
    offset: fields.get('offset').long(),
  }
}

function refuseDuplicates(names: readonly string[]): void {
  const twice = new Set(names.filter((name, i) => names.indexOf(name) !== i))
  if (twice.size === 0) return
  throw new JavaError(
    'org.apache.kafka.tools.AdminCommandFailedException',
    `Offset json file contains duplicate topic partitions: ${[...twice].join(',')}`,
  )
}

function operationError(message: string): JavaError {
  return new JavaError('org.apache.kafka.tools.AdminOperationException', message)
}
