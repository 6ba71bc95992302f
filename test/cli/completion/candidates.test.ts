import { expect, test } from 'vitest'
import { candidates, type OtherCommands } from '../../../src/cli/completion/candidates.js'
import { SCRIPTS } from '../../../src/cli/completion/scripts.js'
import { MemoryIo } from '../../support/memory-io.js'

const OTHERS: OtherCommands = new Map([
  ['broker:start', { about: 'Start it', options: [{ word: '--port', about: 'where' }] }],
  ['broker:stop', { about: 'Stop it', options: [] }],
  ['quickstart', { about: 'A tour', options: [] }],
])
const words = async (...typed: string[]): Promise<string[]> => {
  const io = new MemoryIo({ env: { KLOG_NO_SPAWN: '1' }, localBroker: '127.0.0.1:1' })
  return (await candidates(typed, OTHERS, io)).map(({ word }) => word)
}

test.each([
  [['con'], ['configs', 'console-consumer', 'console-producer', 'consumer-groups', 'consumer-perf-test']],
  [['quick'], ['quickstart']],
  [
    ['broker', 's'],
    ['start', 'stop'],
  ],
  [['broker', 'start', '--p'], ['--port']],
  [['topics', '--des'], ['--describe']],
  [
    ['topics', '--list', '--output', ''],
    ['json', 'yaml', 'table'],
  ],
  [['console-producer', '--compression-codec', 'l'], ['lz4']],
  [
    ['wait', ''],
    ['topic', 'group', 'lag'],
  ],
  [['topics', '--config', ''], []],
])('after %j comes %j', async (typed, expected) => {
  expect(await words(...typed)).toEqual(expected)
})

test('names are left out, without a word, where no broker answers', async () => {
  expect(await words('topics', '--describe', '--topic', '')).toEqual([])
  expect(await words('wait', 'group', '')).toEqual([])
})

test('there is a script for each shell, and it asks klog', () => {
  for (const script of Object.values(SCRIPTS)) expect(script).toContain('klog completion --words')
})
