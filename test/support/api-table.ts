import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Handler } from '../../src/broker/handler.js'

export const README = join(import.meta.dirname, '../../README.md')
const BEGIN = '<!-- api-table: written by `npm run api-table` -->'
const END = '<!-- api-table: end -->'

/** Why an API is not served; names are those of Kafka's request schemas. */
const PLANNED: readonly { readonly reason: string; readonly names: readonly string[] }[] = [
  { reason: 'the `consumer` group protocol', names: ['ConsumerGroupHeartbeat', 'ConsumerGroupDescribe'] },
  { reason: 'Kafka Streams groups', names: ['StreamsGroupHeartbeat', 'StreamsGroupDescribe'] },
  {
    reason: 'share groups',
    names: [
      ...['ShareGroupHeartbeat', 'ShareGroupDescribe', 'ShareFetch', 'ShareAcknowledge', 'InitializeShareGroupState'],
      ...['ReadShareGroupState', 'WriteShareGroupState', 'DeleteShareGroupState', 'ReadShareGroupStateSummary'],
      ...['DescribeShareGroupOffsets', 'AlterShareGroupOffsets', 'DeleteShareGroupOffsets'],
    ],
  },
  { reason: 'ACLs', names: ['DescribeAcls', 'CreateAcls', 'DeleteAcls'] },
  {
    reason: 'delegation tokens, after SASL',
    names: ['CreateDelegationToken', 'RenewDelegationToken', 'ExpireDelegationToken', 'DescribeDelegationToken'],
  },
]

interface Row {
  readonly key: number
  readonly name: string
  readonly kafka: string
}

/** What brokers answer on their two kinds of listeners. */
export interface Served {
  readonly toClients: readonly Handler[]
  readonly byControllers: readonly Handler[]
}

/** The README with its table of APIs as the handlers make it. */
export function withApiTable(readme: string, served: Served): string {
  const begin = readme.indexOf(BEGIN)
  const end = readme.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`README.md has no part between ${BEGIN} and ${END}`)
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${tableOf(served)}\n\n${readme.slice(end)}`
}

function tableOf({ toClients, byControllers }: Served): string {
  const served = new Map([...byControllers, ...toClients].map((handler) => [handler.api.key, handler]))
  const isForClients = (key: number): boolean => toClients.some(({ api }) => api.key === key)
  const rows = kafkaApis().map(({ key, name, kafka }) => {
    const handler = served.get(key)
    if (handler === undefined) return [key, name, kafka, '–', `planned: ${reasonFor(name)}`]
    const { min, max } = handler.versions
    const hidden = handler.advertised ? '' : 'answered, and not advertised, as by a broker without a metrics plugin'
    const remark = isForClients(key) ? hidden : 'on listeners of the controller'
    return [key, name, kafka, range(min, max), remark]
  })
  return markdown(
    ['Key', 'API', 'Kafka 4.3.1', 'klog', ''],
    rows.map((cells) => cells.map(String)),
  )
}

/** As the formatter lays tables out; the first column is one of numbers. */
function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(3, title.length, ...rows.map((cells) => cells[at]!.length)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => (at === 0 ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!))).join(' | ')} |`
  const rule = widths.map((width, at) => (at === 0 ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

function reasonFor(name: string): string {
  const found = PLANNED.find(({ names }) => names.includes(name))
  if (found === undefined) throw new Error(`${name} is not served: say why in ${import.meta.filename}`)
  return found.reason
}

/** As Kafka serves them to clients, then what is served to controllers only, or is off without a plugin. */
function kafkaApis(): Row[] {
  type Range = readonly [key: number, name: string, min: number, max: number]
  const { broker, controllerListener } = golden('api-versions.json') as Record<'broker' | 'controllerListener', Range[]>
  const messages = golden('messages.json') as { apis: { apiKey: number; name: string; validVersions: string }[] }
  const rows = new Map<number, Row>()
  for (const { apiKey, name, validVersions } of messages.apis)
    if (validVersions !== 'none') rows.set(apiKey, { key: apiKey, name, kafka: validVersions })
  for (const [key, name, min, max] of [...controllerListener, ...broker])
    rows.set(key, { key, name, kafka: range(min, max) })
  return [...rows.values()].sort((a, b) => a.key - b.key)
}

function golden(file: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../golden/protocol', file), 'utf8'))
}

function range(min: number, max: number): string {
  return min === max ? String(min) : `${min}-${max}`
}
