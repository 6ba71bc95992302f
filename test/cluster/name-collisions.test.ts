import { expect, test } from 'vitest'
import type { MetadataImage } from '../../src/cluster/metadata-image.js'
import { NameCollisions } from '../../src/cluster/topic-names.js'

/** An image with these topics, which tells how often all of them were gone through. */
function imageOf(...names: string[]) {
  const image = {
    timesGoneThrough: 0,
    *topics() {
      image.timesGoneThrough++
      for (const name of names) yield { name }
    },
  }
  return image
}

const collisionsIn = (image: ReturnType<typeof imageOf>) => new NameCollisions(image as unknown as MetadataImage)

test('a name collides with one that differs in dots and underscores only, of topics that are there and of those made before it', () => {
  const collisions = collisionsIn(imageOf('a.b', 'c'))
  expect(collisions.with('a_b')).toBe('a.b')
  expect(collisions.with('a.b')).toBeNull()
  expect(collisions.with('c.d')).toBeNull()
  collisions.add('c.d')
  expect(collisions.with('c_d')).toBe('c.d')
})

test('many new topics among many others go through those once: others wait meanwhile', () => {
  const image = imageOf('there')
  const collisions = collisionsIn(image)
  collisions.add('plain')
  expect(collisions.with('plain')).toBeNull()
  expect(image.timesGoneThrough).toBe(0)
  for (let at = 0; at < 1000; at++) {
    expect(collisions.with(`new.${at}`)).toBeNull()
    collisions.add(`new.${at}`)
  }
  expect(image.timesGoneThrough).toBe(1)
})
