import { expect, test } from 'vitest'
import { similarWords } from '../../src/cli/similar-words.js'

const words = (...names: string[]) => names.map((name) => ({ shown: `--${name}`, body: name }))

test.each([
  ['foo', ['list', 'describe', 'describe-producers', 'abort', 'find-hanging'], ['--abort']],
  ['foo', ['info', 'format', 'version-mapping', 'feature-dependencies', 'random-uuid'], ['--format', '--info']],
  ['foo', ['cluster-id', 'unregister', 'list-endpoints'], []],
  ['topci', ['topic', 'throughput'], ['--topic']],
  ['num', ['num-records', 'topic'], ['--num-records']],
])('%s among %j may have been meant as %j', (word, known, expected) => {
  expect(similarWords(word, words(...known))).toEqual(expected)
})
