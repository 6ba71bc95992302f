import { describe, expect, test } from 'vitest'
import { UserError } from '../../src/base/user-error.js'
import { checkMetaProperties, readMetaProperties, writeMetaProperties } from '../../src/storage/meta-properties.js'
import { MemoryDisk } from '../support/memory-disk.js'

const PATH = '/logs/meta.properties'
const MINE = { clusterId: '4L6g3nShT-eMCtK--X86sw', nodeId: 0, directoryId: 'Y4Ai5tTPQR10ureFBBahzA' }

function withText(text: string): MemoryDisk {
  const disk = new MemoryDisk()
  disk.put(PATH, Buffer.from(text))
  return disk
}

describe('meta.properties', () => {
  test('is written as Apache Kafka writes it, the time of writing as a comment', () => {
    const disk = new MemoryDisk()
    disk.makeDirectory('/logs')
    writeMetaProperties(disk, '/logs', MINE, Date.UTC(2026, 10, 21, 2, 34, 13))
    expect(disk.readFile(PATH)!.toString()).toBe(
      '#\n#Sat Nov 21 02:34:13 UTC 2026\nnode.id=0\ndirectory.id=Y4Ai5tTPQR10ureFBBahzA\nversion=1\ncluster.id=4L6g3nShT-eMCtK--X86sw\n',
    )
    expect(readMetaProperties(disk, '/logs')).toEqual(MINE)
  })

  test('is missing in a directory that is not formatted', () => {
    expect(readMetaProperties(new MemoryDisk(), '/logs')).toBeNull()
  })

  test('of version 0 names the broker id, and a directory id may be missing', () => {
    const disk = withText('version=0\ncluster.id = abc\nbroker.id: 3\r\n')
    expect(readMetaProperties(disk, '/logs')).toEqual({ clusterId: 'abc', nodeId: 3, directoryId: null })
  })

  test.each([
    ['another version', 'version=2\nnode.id=0\ncluster.id=abc\n'],
    ['no cluster', 'version=1\nnode.id=0\n'],
    ['no node', 'version=1\ncluster.id=abc\n'],
    ['a node that is no number', 'version=1\ncluster.id=abc\nnode.id=zero\n'],
    ['nothing', ''],
  ])('with %s is refused in words for a person', (_, text) => {
    expect(() => readMetaProperties(withText(text), '/logs')).toThrow(UserError)
  })
})

describe('the directories of one node', () => {
  const check = (found: Record<string, typeof MINE>, expected: { clusterId: string | null; nodeId: number }): void =>
    checkMetaProperties(new Map(Object.entries(found)), expected)
  const OTHER = { ...MINE, directoryId: 'AAAAAAAAAAAAAAAAAAAAaa' }

  test('belong to one cluster and one node, each with an id of its own', () => {
    expect(() => check({ '/a': MINE, '/b': OTHER }, { clusterId: MINE.clusterId, nodeId: 0 })).not.toThrow()
    expect(() => check({ '/a': MINE, '/b': OTHER }, { clusterId: null, nodeId: 0 })).not.toThrow()
  })

  test('of another cluster are refused, and named', () => {
    expect(() => check({ '/a': MINE }, { clusterId: 'xyz', nodeId: 0 })).toThrow(
      'Invalid cluster.id in: /a/meta.properties. Expected xyz, but read 4L6g3nShT-eMCtK--X86sw',
    )
    expect(() => check({ '/a': MINE, '/b': { ...OTHER, clusterId: 'xyz' } }, { clusterId: null, nodeId: 0 })).toThrow(
      '/b/meta.properties',
    )
  })

  test('of another node are refused', () => {
    expect(() => check({ '/a': MINE }, { clusterId: null, nodeId: 1 })).toThrow('Stored node id 0')
  })

  test('that are copies of each other are refused', () => {
    expect(() => check({ '/a': MINE, '/b': MINE }, { clusterId: null, nodeId: 0 })).toThrow(
      'Found duplicate directory.id Y4Ai5tTPQR10ureFBBahzA in /a and /b.',
    )
  })
})
