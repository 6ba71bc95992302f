import { expect, test } from 'vitest'
import { parseAddConfig } from '../../../src/cli/configs/changes.js'

test('brackets hold a value together that has commas in it, and go', () => {
  expect([...parseAddConfig('a=b,c=[d,e ,f],g=[h,i]')]).toEqual([
    ['a', 'b'],
    ['c', 'd,e ,f'],
    ['g', 'h,i'],
  ])
})

test('an equal sign in brackets belongs to the value', () => {
  expect([...parseAddConfig('SCRAM-SHA-256=[iterations=8192,password=pw]')]).toEqual([
    ['SCRAM-SHA-256', 'iterations=8192,password=pw'],
  ])
})

test('a value may be empty', () => {
  expect([...parseAddConfig('a=,b=1')]).toEqual([
    ['a', ''],
    ['b', '1'],
  ])
})

test('a setting without a value, or with two, is refused', () => {
  expect(() => parseAddConfig('a')).toThrow('requirement failed')
  expect(() => parseAddConfig('a=b=c')).toThrow('requirement failed')
})
