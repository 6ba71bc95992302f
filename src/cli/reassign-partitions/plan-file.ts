import { partitionName, type TopicPartition } from '../../client/topic-partition.js'
import { Json } from '../jackson.js'
import { failed, operationFailed } from './failure.js'

/** Where a partition shall be. */
export interface Wanted extends TopicPartition {
  readonly replicas: readonly number[]
}

/** In which directory of its broker a replica shall be. */
export interface ReplicaHome extends TopicPartition {
  readonly broker: number
  readonly directory: string
}

export interface PlanFile {
  /** In the order of the file. */
  readonly partitions: readonly Wanted[]
  readonly homes: readonly ReplicaHome[]
}

export const PLAN_VERSION = 1
const ANY = 'any'

/** @throws JavaError with Kafka's text. */
export function parsePlan(text: string): PlanFile {
  const json = Json.parse(text)
  if (json === null) throw operationFailed(jsonComplaint(text))
  const fields = json.fields()
  checkVersion(fields.find('version'))
  const items = fields.find('partitions')?.items() ?? []
  const parsed = items.map((item) => {
    const partition = item.fields()
    const at = { topic: partition.get('topic').text(), partition: partition.get('partition').int() }
    const replicas = partition
      .get('replicas')
      .list()
      .map((replica) => replica.int())
    const given = partition
      .find('log_dirs')
      ?.list()
      .map((directory) => directory.text())
    const directories = given ?? replicas.map(() => ANY)
    if (directories.length !== replicas.length) {
      throw failed(
        `Size of replicas list [${replicas.join(', ')}] is different from size of log dirs list [${directories.join(', ')}] for partition ${partitionName(at)}`,
      )
    }
    const homes = replicas.map((broker, i) => ({ ...at, broker, directory: directories[i]! }))
    return { wanted: { ...at, replicas }, homes: homes.filter(({ directory }) => directory !== ANY) }
  })
  return { partitions: parsed.map(({ wanted }) => wanted), homes: parsed.flatMap(({ homes }) => homes) }
}

/** A plan that makes sense to be carried out. @throws JavaError with Kafka's text. */
export function parsePlanToExecute(text: string): PlanFile {
  const plan = parsePlan(text)
  if (plan.partitions.length === 0) throw failed('Partition reassignment list cannot be empty')
  if (plan.partitions.some(({ replicas }) => replicas.length === 0)) {
    throw failed('Partition replica list cannot be empty')
  }
  const twice = duplicates(plan.partitions.map(partitionName))
  if (twice.length > 0) throw failed(`Partition reassignment contains duplicate topic partitions: ${twice.join(',')}`)
  const unclear = plan.partitions
    .map((wanted) => ({ name: partitionName(wanted), brokers: duplicates(wanted.replicas) }))
    .filter(({ brokers }) => brokers.length > 0)
    .map(({ name, brokers }) => `${name} contains multiple entries for ${brokers.join(',')}`)
  if (unclear.length > 0) {
    throw failed(`Partition replica lists may not contain duplicate entries: ${unclear.join('. ')}`)
  }
  return plan
}

/** The topics that --generate is for. @throws JavaError with Kafka's text. */
export function parseTopics(text: string): string[] {
  const json = Json.parse(text)
  if (json === null) throw operationFailed('The input string is not a valid JSON')
  const fields = json.fields()
  checkVersion(fields.find('version'))
  return (fields.find('topics')?.items() ?? []).map((item) => item.fields().get('topic').text())
}

export function duplicates<T>(items: readonly T[]): T[] {
  return [...new Set(items.filter((item, i) => items.indexOf(item) !== i))]
}

/** As Kafka writes it, sorted. @param directoryOf null leaves it to the broker. */
export function planText(
  partitions: readonly Wanted[],
  directoryOf: (partition: Wanted, broker: number) => string | null,
): string {
  return JSON.stringify({ version: PLAN_VERSION, partitions: planOf(partitions, directoryOf) })
}

/** The partitions of such a plan, in the names of the file. */
export function planOf(
  partitions: readonly Wanted[],
  directoryOf: (partition: Wanted, broker: number) => string | null,
): (Wanted & { readonly log_dirs: readonly string[] })[] {
  return partitions.map((wanted) => ({
    topic: wanted.topic,
    partition: wanted.partition,
    replicas: wanted.replicas,
    log_dirs: wanted.replicas.map((broker) => directoryOf(wanted, broker) ?? ANY),
  }))
}

function checkVersion(version: Json | null): void {
  const number = version?.int() ?? PLAN_VERSION
  if (number !== PLAN_VERSION) throw operationFailed(`Not supported version field value ${number}`)
}

/** What Jackson says of the commonest mistakes. */
function jsonComplaint(text: string): string {
  if (text === '') return "The input string shouldn't be empty\n at [Source: UNKNOWN; byte offset: #UNKNOWN]"
  const start = /^\s*/.exec(text)![0]
  const lines = start.split('\n')
  const place = `line: ${lines.length}, column: ${lines.at(-1)!.length + 1}`
  const source = ` at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); ${place}]`
  const word = /^[\p{L}\p{N}_$]+/u.exec(text.slice(start.length))?.[0]
  if (word === undefined || /^\d/.test(word)) return 'The input string is not a valid JSON'
  return `Unrecognized token '${word}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n${source}`
}
