import { expect, test } from 'vitest'
import { descriptorShares } from '../src/descriptors.js'

test('files, connections and whatever else there is never want more descriptors than there are', () => {
  for (const descriptorsMax of [100, 200, 256, 1024, 4096, 65_536, 1_048_576])
    for (const brokers of [1, 3, 9]) {
      const { filesMax, connectionsMax } = descriptorShares(brokers, descriptorsMax)
      expect(filesMax * brokers + connectionsMax + 60).toBeLessThanOrEqual(descriptorsMax + 8)
      expect(Math.min(filesMax, connectionsMax)).toBeGreaterThan(1)
    }
})

test('where there are enough nobody is held back', () => {
  expect(descriptorShares(3, 1_048_576)).toMatchObject({ filesMax: 800, connectionsMax: 1_045_176 })
  expect(descriptorShares(1, Number.POSITIVE_INFINITY)).toEqual({
    filesMax: 800,
    connectionsMax: Number.POSITIVE_INFINITY,
  })
})

test('what this process may have open is asked of the system', () => {
  const { connectionsMax } = descriptorShares()
  expect(connectionsMax).toBeGreaterThan(100)
})
