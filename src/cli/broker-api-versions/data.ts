import { apiByKey } from '../../protocol/apis.js'
import { number, orNull, type RowIn, rows, shape, text } from '../data/shape.js'
import { apiKeys, type VersionRange } from './report.js'

export const API_VERSIONS = shape(
  '',
  {
    broker: number('its id'),
    host: text('where it is'),
    port: number('where it is'),
    rack: orNull(text('of the broker, where one is set')),
    error: orNull(text('why it does not answer; null if it does')),
    apis: rows('what it serves, and what it does not and a client may ask', {
      key: number('of the request'),
      name: orNull(text('of the request; null for one that klog does not know')),
      min: orNull(number('oldest version that the broker serves; null for none')),
      max: orNull(number('newest version that the broker serves; null for none')),
      usable: orNull(number('the version that a client would use; null for none')),
    }),
  },
  { expands: 'apis', columns: ['broker', 'key', 'name', 'min', 'max', 'usable'] },
)

type ApiRow = RowIn<typeof API_VERSIONS>['apis'][number]

export function apiRows(served: ReadonlyMap<number, VersionRange>): ApiRow[] {
  return apiKeys(served).map((key) => {
    const api = apiByKey(key)
    const range = served.get(key)
    const { min = null, max = null } = range ?? {}
    const isUsable =
      api !== undefined && range !== undefined && range.min <= api.maxVersion && range.max >= api.minVersion
    return { key, name: api?.name ?? null, min, max, usable: isUsable ? Math.min(range.max, api.maxVersion) : null }
  })
}
