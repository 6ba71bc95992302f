import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inactiveBrokerConfigs, inactiveTopicConfigs, isInactive } from '../../src/broker/inactive-configs.js'
import { brokerConfigs } from '../../src/protocol/configs/broker.js'
import { topicConfigs } from '../../src/protocol/configs/topic.js'

const src = join(import.meta.dirname, '../../src')

/** Names that the broker's code asks its settings for. */
const asked = new Set(
  readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && (file.startsWith('broker/') || !file.includes('/')))
    .map((file) => readFileSync(join(src, file), 'utf8'))
    .flatMap((text) => [
      ...text.matchAll(
        /\b(?:(?:config|settings|options\.config)\??\.?\w*|setting|list|number|value|text)\(\s*'([a-z.]+)'/g,
      ),
    ])
    .map(([, name]) => name!),
)

/** Obeyed by way of a topic config that they stand behind. */
const behindTopics = new Set(
  [...topicConfigs.values()]
    .filter(({ name }) => !isInactive(inactiveTopicConfigs, name))
    .flatMap(({ synonyms }) => synonyms),
)

describe('the table of configs without effect', () => {
  test.each([
    ['broker', inactiveBrokerConfigs, brokerConfigs],
    ['topic', inactiveTopicConfigs, topicConfigs],
  ] as const)('names %s configs only, each once', (_, table, configs) => {
    const named = table.flatMap(({ names }) => names)
    for (const name of named) {
      const matches = [...configs.keys()].filter((config) => isInactive([{ reason: '', names: [name] }], config))
      expect(matches, name).not.toEqual([])
    }
    expect(new Set(named).size).toBe(named.length)
  })

  test('has every broker config that nothing asks for, and none that something does', () => {
    const given = new Set(['broker.id', 'node.id', 'process.roles'])
    for (const name of brokerConfigs.keys()) {
      const isActive = asked.has(name) || behindTopics.has(name) || given.has(name)
      expect(isInactive(inactiveBrokerConfigs, name), name).toBe(!isActive)
    }
  })
})
