import { apiByKey, apis } from '../../protocol/apis.js'

export interface VersionRange {
  readonly min: number
  readonly max: number
}

/** What only brokers and controllers say to each other: Kafka's tool does not miss these. */
const BETWEEN_NODES = new Set([4, 5, 6, 7, 52, 53, 54, 56, 58, 59, 62, 63, 67, 70, 73, 82])

/** One line an API, by key: what the broker serves, and which version of it a client would use. */
export function versionLines(served: ReadonlyMap<number, VersionRange>): string[] {
  const keys = apiKeys(served)
  return keys.map((key, i) => `\t${lineOf(key, served.get(key))}${i < keys.length - 1 ? ',' : ''}`)
}

/** Of what the broker serves and what a client asks, ascending. */
export function apiKeys(served: ReadonlyMap<number, VersionRange>): number[] {
  const known = apis.map(({ key }) => key).filter((key) => !BETWEEN_NODES.has(key))
  return [...new Set([...served.keys(), ...known])].sort((a, b) => a - b)
}

function lineOf(key: number, served: VersionRange | undefined): string {
  const api = apiByKey(key)
  if (api === undefined) return `UNKNOWN(${key}): ${rangeText(served!)}`
  const name = `${api.name}(${key})`
  if (served === undefined) return `${name}: UNSUPPORTED`
  return `${name}: ${rangeText(served)} [${usable(served, { min: api.minVersion, max: api.maxVersion })}]`
}

function rangeText({ min, max }: VersionRange): string {
  return min === max ? `${min}` : `${min} to ${max}`
}

function usable(served: VersionRange, ours: VersionRange): string {
  if (served.min > ours.max) return 'unusable: node too new'
  if (served.max < ours.min) return 'unusable: node too old'
  return `usable: ${Math.min(served.max, ours.max)}`
}
