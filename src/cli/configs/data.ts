import type { ConfigEntry } from '../../client/configs.js'
import { boolean, map, orNull, type RowIn, rows, shape, text } from '../data/shape.js'
import type { Entity } from './entities.js'

const SOURCED = {
  name: text('of the setting'),
  value: orNull(text('as the broker has it; null when it is secret, or not set')),
  source: text('where the value comes from, such as DYNAMIC_TOPIC_CONFIG or DEFAULT_CONFIG'),
}

export const CONFIGS = shape(
  '--describe',
  {
    entityType: text('such as topics'),
    entity: orNull(text('its name; null for the default of all')),
    ...SOURCED,
    isSensitive: boolean('its value is kept secret'),
    isReadOnly: boolean('it cannot be altered while the broker runs'),
    synonyms: rows('the value, and what it would be without that, and so on', SOURCED),
  },
  { columns: ['entity', 'name', 'value', 'source'] },
)

export const QUOTAS = shape('--describe, of users, clients and ips', {
  entity: map('type and name: user, client-id or ip; null stands for the default'),
  quotas: map('rates by name'),
  scramIterations: map('by mechanism, for users who have a password'),
})

export function configRow(
  entityType: Entity,
  entity: string,
  { name, value, source, isSensitive, isReadOnly, synonyms }: ConfigEntry,
  sourceName: (source: number) => string,
): RowIn<typeof CONFIGS> {
  return {
    entityType,
    entity: entity === '' ? null : entity,
    name,
    value,
    source: sourceName(source),
    isSensitive,
    isReadOnly,
    synonyms: synonyms.map((synonym) => ({
      name: synonym.name,
      value: synonym.value,
      source: sourceName(synonym.source),
    })),
  }
}
