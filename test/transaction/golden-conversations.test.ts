import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { TransactionScript } from './transaction-script.js'

const file = join(import.meta.dirname, '../golden/transaction-state/conversations.txt')
const conversations = readFileSync(file, 'utf8').trimEnd().split('\n\n')

describe('the coordinator answers what Apache Kafka answered', () => {
  test.each(conversations.map((text) => text.split('\n')))('%s', (_, ...lines) => {
    const script = new TransactionScript()
    const answered = lines.map((line) => {
      const [command] = line.split(' => ')
      const output = script.run(command!)
      return line === command ? line : `${command} => ${asRecorded(command!, output)}`
    })
    expect(answered).toEqual(lines)
  })
})

function asRecorded(command: string, output: string): string {
  if (!command.startsWith('describe')) return /^\w+ <- (.*)$/m.exec(output)![1]!
  const [standing, places] = output.replace(/start \d+/, 'start T').split('[')
  return places === undefined ? output : (standing + inOrder(places.slice(0, -1))).trimEnd()
}

/** Kafka names the partitions in an order of its own. */
function inOrder(places: string): string {
  const topics = places
    .split(' ')
    .map((topic) => topic.replace(/:(.*)/, (_, list) => `:${list.split('+').sort().join('+')}`))
  return topics.sort().join(' ')
}
