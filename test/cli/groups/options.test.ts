import { expect, test } from 'vitest'
import { GROUPS_OPTIONS, groupFilter } from '../../../src/cli/groups/options.js'
import { parseOptions } from '../../../src/cli/kafka-options.js'

const group = (id: string, type: string | null, protocolType: string) => ({ id, type, protocolType, state: null })
const GROUPS = [
  group('classic', 'Classic', 'consumer'),
  group('connect', 'Classic', 'connect'),
  group('simple', 'Classic', ''),
  group('new', 'Consumer', 'consumer'),
  group('share', 'Share', 'share'),
  group('streams', 'Streams', 'streams'),
  group('old-broker', null, 'consumer'),
]

test.each([
  [[], 'classic connect simple new share streams old-broker'],
  [['--group-type', 'CLASSIC'], 'classic connect simple'],
  [['--group-type', 'classic', '--protocol', 'consumer'], 'classic'],
  [['--protocol', 'consumer'], 'classic new old-broker'],
  [['--protocol', ''], 'simple'],
  [['--consumer'], 'classic simple new old-broker'],
  [['--share'], 'share'],
  [['--streams'], 'streams'],
])('%j selects %s', (args, expected) => {
  const isSelected = groupFilter(parseOptions(GROUPS_OPTIONS, args))
  const selected = GROUPS.filter(isSelected).map(({ id }) => id)
  expect(selected.join(' ')).toBe(expected)
})

test('a type that is none is refused', () => {
  const options = parseOptions(GROUPS_OPTIONS, ['--group-type', 'unknown'])
  expect(() => groupFilter(options)).toThrow('--group-type must be a valid group type.')
})
