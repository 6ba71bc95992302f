import { type ConfigDefinition, int, list } from './definition.js'
import { anyEntries } from './validator.js'

/** What one subscription to client metrics asks for. */
export const clientMetricsDefinitions: readonly ConfigDefinition[] = [
  int('interval.ms', 300000, 'MEDIUM'),
  list('match', '', 'MEDIUM', anyEntries),
  list('metrics', '', 'MEDIUM', anyEntries),
]
