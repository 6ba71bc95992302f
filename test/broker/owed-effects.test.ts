import { expect, test } from 'vitest'
import { OwedEffects, type QuorumEffects } from '../../src/broker/owed-effects.js'

const LIST: QuorumEffects = [
  { type: 'set timer', timer: 'election', delayMs: 1 },
  { type: 'set timer', timer: 'fetch', delayMs: 2 },
  { type: 'cancel timer', timer: 'election' },
]

test('what the disk has not taken is carried out before anything new, and told when all of it is', () => {
  const done: string[] = []
  let isFull = true
  const effects = new OwedEffects((effect, rest, news) => {
    if (isFull && effect.type === 'set timer' && effect.timer === 'fetch') throw new Error('full')
    done.push(effect.type)
    news.push(() => done.push(`told with ${rest.length} left`))
  })
  expect(() => effects.run(LIST)).toThrow('full')
  expect(() => effects.catchUp()).toThrow('full')
  expect(done).toEqual(['set timer'])
  isFull = false
  effects.catchUp()
  effects.catchUp()
  const told = ['told with 2 left', 'told with 1 left', 'told with 0 left']
  expect(done).toEqual(['set timer', 'set timer', 'cancel timer', ...told])
})
